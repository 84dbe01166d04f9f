// Run while davit is built: writes the themes that are compiled in as C to stdout, so that their
// files are the one source of them.
//   embed FILE.json…
#include <stdio.h>
#include <string.h>

static void put_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    (void)printf("%.*s", (int)strcspn(name, "."), name);
}

static int put_bytes(const char *path)
{
    FILE *file = fopen(path, "r");
    int byte, n = 0, failed = 0;

    if (!file) {
        perror(path);
        return 1;
    }
    (void)printf("static const char bytes_");
    put_name(path);
    (void)printf("[] = {");
    while ((byte = getc(file)) != EOF) {
        failed |= byte > 0x7f; // a char may be signed
        (void)printf("%s0x%02x,", n++ % 16 ? " " : "\n    ", (unsigned)byte);
    }
    (void)printf("\n};\n");
    return fclose(file) != 0 || failed;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;

    (void)printf("#include \"tui/screen/theme_internal.h\"\n");
    for (int i = 1; i < argc; i++)
        failed |= put_bytes(argv[i]);
    (void)printf("const struct theme_built_in theme_built_ins[] = {\n");
    for (int i = 1; i < argc; i++) {
        (void)printf("    {\"");
        put_name(argv[i]);
        (void)printf("\", bytes_");
        put_name(argv[i]);
        (void)printf(", sizeof bytes_");
        put_name(argv[i]);
        (void)printf("},\n");
    }
    (void)printf("    {0}};\n");
    return failed || fflush(stdout) != 0;
}
