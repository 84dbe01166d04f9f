// Run while davit is built: writes the program that goes inside (entrant.c) as C to stdout, so that
// davit carries it and has to find no file.
//   entrant_embed PROGRAM
#include <stdio.h>

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    int byte, n = 0;

    if (!file) {
        (void)fputs("entrant_embed PROGRAM\n", stderr);
        return 1;
    }
    (void)fprintf(stdout, "#include \"core/engine/entrant.h\"\n\n"
                          "const unsigned char entrant_image[] = {");
    while ((byte = getc(file)) != EOF)
        (void)fprintf(stdout, "%s%d,", n++ % 24 ? "" : "\n", byte);
    (void)fprintf(stdout, "\n};\nconst unsigned long entrant_image_size = sizeof entrant_image;\n");
    return fclose(file) != 0 || n == 0;
}
