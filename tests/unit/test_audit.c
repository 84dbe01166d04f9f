// What reaches syslog: read from the socket itself, in a mount namespace with a /dev of its own.
#include "core/engine/journal.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/text.h"
#include "tests/unit/runner.h"

static int log_socket = -1;

static void listen_as_syslog(void)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

    log_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(log_socket, 0);
    ck_assert_int_eq(bind(log_socket, (const struct sockaddr *)&address, sizeof address), 0);
}

static void setup(void)
{
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "no mount namespace (root is needed)");
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("davit-test", "/dev", "tmpfs", 0, "mode=0755"), 0);
}

// The text of the next message, behind its head.
static const char *received(char *message, size_t size)
{
    char head[64];
    const char *text;
    ssize_t n = recv(log_socket, message, size - 1, 0);

    ck_assert_int_gt(n, 0);
    message[n] = '\0';
    ck_assert_uint_eq(strlen(message), (size_t)n);
    // LOG_AUTHPRIV is 10, LOG_NOTICE 5; RFC 3164 pads the day with a space.
    ck_assert_int_eq(strncmp(message, "<85>", 4), 0);
    (void)snprintf(head, sizeof head, "%.3s", message + 4);
    ck_assert_ptr_nonnull(strstr("JanFebMarAprMayJunJulAugSepOctNovDec", head));
    ck_assert(message[7] == ' ' && message[10] == ' ' && message[13] == ':' && message[16] == ':');
    (void)snprintf(head, sizeof head, " davit[%d]: ", (int)getpid());
    text = strstr(message, head);
    ck_assert_msg(text == message + 19, "%s", message);
    return text + strlen(head);
}

static const struct {
    const char *text, *logged;
} texts[] = {
    {"attach 0123456789ab: root attached /srv to web:/mnt: ok",
     "attach 0123456789ab: root attached /srv to web:/mnt: ok"},
    {"a\nNov 22 01:00:00 sshd[1]: Accepted password for root",
     "a\xef\xbf\xbdNov 22 01:00:00 sshd[1]: Accepted password for root"},
    {"\x1b[2Jx\ty\x7f", "\xef\xbf\xbd[2Jx\xef\xbf\xbdy\xef\xbf\xbd"},
    {"latin\xe9 \xff", "latin\xef\xbf\xbd \xef\xbf\xbd"},
    {"%s%n Größe", "%s%n Größe"},
};

START_TEST(text_is_clean_in_syslog)
{
    char message[8192];

    listen_as_syslog();
    audit_log(texts[_i].text);
    ck_assert_str_eq(received(message, sizeof message), texts[_i].logged);
}
END_TEST

// Two paths of 4 KiB are no reason to lose the line, nor to send half a character.
START_TEST(long_text_is_cut_at_a_character)
{
    char message[8192], text[9001];
    const char *logged;

    for (size_t i = 0; i < sizeof text - 1; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    text[sizeof text - 1] = '\0';
    listen_as_syslog();
    audit_log(text);
    logged = received(message, sizeof message);
    ck_assert_uint_gt(strlen(logged), 1000);
    ck_assert_uint_lt(strlen(message), 2048);
    ck_assert(text_is_clean(logged, strlen(logged)));
}
END_TEST

// A change must not hang on its log.
START_TEST(nobody_reads)
{
    unsigned long long before = monotonic_us();

    audit_log("no socket at all");
    listen_as_syslog();
    for (int i = 0; i < 2000; i++)
        audit_log("the queue is full soon");
    ck_assert_uint_lt(monotonic_us() - before, 20000000);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, text_is_clean_in_syslog, 0, sizeof texts / sizeof texts[0]);
    tcase_add_test(tcase, long_text_is_cut_at_a_character);
    tcase_add_test(tcase, nobody_reads);
}

int main(void)
{
    return run_suite("audit", add);
}
