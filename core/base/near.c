#include "core/base/near.h"

#include <string.h>

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

// Damerau-Levenshtein distance (adjacent letters exchanged count once).
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned cost[NEAR_LENGTH + 1][NEAR_LENGTH + 1];

    for (unsigned i = 0; i <= n; i++)
        cost[i][0] = i;
    for (unsigned j = 0; j <= m; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            unsigned change = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

            cost[i][j] = least_of(change, least_of(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = least_of(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[n][m];
}

unsigned near_distance(const char *word, size_t length, const char *name, size_t name_length)
{
    unsigned far;

    if (length == 0 || length > NEAR_LENGTH || name_length > NEAR_LENGTH)
        return NEAR_NOT;
    far = distance(word, length, name, name_length);
    if (length >= 3 && length < name_length && memcmp(word, name, length) == 0)
        return 1; // abbreviated
    return far <= 1 + name_length / 4 && far < length ? far : NEAR_NOT;
}
