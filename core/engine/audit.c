#include "core/engine/journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"

// The datagram that syslog(3) sends, RFC 3164. Not syslog(3) itself: that waits when the daemon
// does not read, and a change must not hang on its log.
void audit_log(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    time_t now = time(NULL);
    char message[2048], clean[1792];
    struct tm tm = {0};
    int n;

    if (fd < 0 || !localtime_r(&now, &tm))
        return;
    text_clean(clean, sizeof clean, text, strlen(text));
    // The month by hand: %b would follow the locale.
    n = snprintf(message, sizeof message, "<%d>%.3s %2d %02d:%02d:%02d davit[%d]: %s",
                 LOG_AUTHPRIV | LOG_NOTICE, months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour,
                 tm.tm_min, tm.tm_sec, (int)getpid(), clean);
    if (n < 0)
        return;
    if ((size_t)n >= sizeof message)
        n = (int)sizeof message - 1;
    (void)sendto(fd, message, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL,
                 (const struct sockaddr *)&address, sizeof address);
}
