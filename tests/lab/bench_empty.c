/*
 * The price of a process: what the dynamic linker does for the libraries that davit links (see
 * meson.build), and then nothing.
 */
int main(void)
{
    return 0;
}
