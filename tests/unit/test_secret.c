#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/secret.h"
#include "tests/unit/runner.h"

static const struct {
    const char *in, *out;
} specs[] = {
    // What is there.
    {"//user:hush@host/share", "//user:***@host/share"},
    {"//user:hu@sh@host/share", "//user:***@host/share"},
    {"//DOM;user:hush@host/share", "//DOM;user:***@host/share"},
    {"//user%hush@host/share", "//user%***@host/share"},
    {"\\\\user:hush@host\\share", "\\\\user:***@host\\share"},
    {"ftp://u:h@x", "ftp://u:***@x"},
    {"ftp://u:hush@h:21/a@b", "ftp://u:***@h:21/a@b"},
    {"ftp://:hush@h/", "ftp://:***@h/"},
    {"ftp://u:hush:hush@[::1]:21/", "ftp://u:***@[::1]:21/"},
    {"ftp://u:hu/sh@h/x", "ftp://u:***@h/x"},
    {"ftp://u:hu?sh@h/x", "ftp://u:***@h/x"},
    {"ftp://u:hu#sh@h", "ftp://u:***@h"},
    {"ftp://u:hu\\sh@h", "ftp://u:***@h"},
    {"curlftpfs#ftp://u:hush@h/", "curlftpfs#ftp://u:***@h/"},
    {"https://u:\033[31mhush\377@h/", "https://u:***@h/"},
    {"ftp://a:hush@h,ftp://b:hush@i/", "ftp://a:***@i/"},
    {"user:hush@host:/dir", "user:***@host:/dir"},
    {"user:hu@sh@host:/dir", "user:***@host:/dir"},
    {"//u:***@h/x", "//u:***@h/x"},
    // What is not.
    {"", ""},
    {"@", "@"},
    {":@", ":@"},
    {"nas:/vol", "nas:/vol"},
    {"nas:/vol@snap", "nas:/vol@snap"},
    {"nas:/a:b@c", "nas:/a:b@c"},
    {"me@host:/dir", "me@host:/dir"},
    {"10.0.0.1@tcp:10.0.0.2@tcp:/fs", "10.0.0.1@tcp:10.0.0.2@tcp:/fs"},
    {"//host/share", "//host/share"},
    {"//host:445/a@b", "//host:445/a@b"},
    {"//user@host/share", "//user@host/share"},
    {"ftp://u:@h/", "ftp://u:@h/"},
    {"ftp://me%40corp@h/", "ftp://me%40corp@h/"},
    {"http://[::1]/a@b", "http://[::1]/a@b"},
    {"http://h:/a@b", "http://h:/a@b"},
    {"/dev/disk/by-id/a:b@c", "/dev/disk/by-id/a:b@c"},
    {"./a:b@c", "./a:b@c"},
    {"pool/data@snap", "pool/data@snap"},
};

START_TEST(a_name_loses_its_password)
{
    _cleanup_free_ char *out = secret_hide_spec(specs[_i].in), *again = secret_hide_spec(out);

    ck_assert_str_eq(out, specs[_i].out);
    ck_assert_str_eq(again, specs[_i].out);
}
END_TEST

// As a command line, whose words cannot become longer.
START_TEST(a_name_is_blanked_in_place)
{
    _cleanup_free_ char *text = strdup(specs[_i].in);
    size_t length = strlen(text);
    struct secret secret;

    if (secret_in_spec(text, &secret))
        secret_blank(text, &secret);
    ck_assert_uint_le(strlen(text), length);
    ck_assert_ptr_null(memmem(text, length, "hush", 4));
    ck_assert_ptr_null(memmem(text, length, "sh@", 3));
    if (strcmp(specs[_i].in, "ftp://u:h@x") == 0)
        ck_assert_str_eq(text, "ftp://u:*@x");
    else
        ck_assert_str_eq(text, specs[_i].out);
}
END_TEST

START_TEST(what_is_no_url_is_left_alone)
{
    _cleanup_free_ char *container = secret_hide_url("web:/a:b@c"),
                        *volume = secret_hide_url("volume:a:b@c"),
                        *image = secret_hide_url("image:/a//u:b@c"),
                        *url = secret_hide_url("ftp://u:hush@h");

    ck_assert_str_eq(container, "web:/a:b@c");
    ck_assert_str_eq(volume, "volume:a:b@c");
    ck_assert_str_eq(image, "image:/a//u:b@c");
    ck_assert_str_eq(url, "ftp://u:***@h");
}
END_TEST

static const struct {
    const char *in, *out;
} options[] = {
    {"user=x,password=hush,vers=3", "user=x,password=***,vers=3"},
    {"password=hush", "password=***"},
    {"PASSWORD=hush", "PASSWORD=***"},
    {" Password=hush", " Password=***"},
    {"pass=hush,pass=hush", "pass=***,pass=***"},
    {"password2=hush,passwd=hush", "password2=***,passwd=***"},
    {"passphrase=hush,pw=hush,pwd=hush", "passphrase=***,pw=***,pwd=***"},
    {"credentials=/hush,cred=hush", "credentials=***,cred=***"},
    {"secret=hush,secretkey=hush", "secret=***,secretkey=***"},
    {"access-key=hush,s3.key=hush,api_key=hush", "access-key=***,s3.key=***,api_key=***"},
    {"auth_token=hush", "auth_token=***"},
    {"password==hush=", "password=***"},
    {"password=\"hu,sh\",ro", "password=***,ro"},
    {"password=\"hu,sh,ro", "password=***"},
    {"password=hu\\,sh,ro", "password=***,ro"},
    {"password=hu\\\\,ro", "password=***,ro"},
    {"password=hu,,sh,ro", "password=***,ro"},
    {"password=hush\\", "password=***"},
    {",,secret=hush,,", ",,secret=***,,"},
    {"password=\033hu\377sh,ro", "password=***,ro"},
    {"user=me%hush", "user=me%***"},
    {"username=DOM\\me%hush,ro", "username=DOM\\me%***,ro"},
    {"user=me:hush", "user=me:***"},
    {"proxy_user=me:hush", "proxy_user=me:***"},
    {"url=https://u:hush@h/x,ro", "url=https://u:***@h/x,ro"},
    {"proxy=http://u:hu\\,sh@h", "proxy=http://u:***@h"},
    {"a=b\\,password=hush", "a=b\\,password=***"},
    {"context=\"u,password=hush", "context=\"u,password=***"},
    {"ssh_command=sshpass -p hush ssh,ro", "ssh_command=***,ro"},
    // No secrets.
    {"", ""},
    {",", ","},
    {"=", "="},
    {"password", "password"},
    {"password=", "password="},
    {"password=,ro", "password=,ro"},
    {"rw,nosuid", "rw,nosuid"},
    {"monkey=1,keyring=2,keyfile=/x", "monkey=1,keyring=2,keyfile=/x"},
    {"user=me,uid=0,port=22", "user=me,uid=0,port=22"},
    {"lowerdir=/a:/b@c,upperdir=/d", "lowerdir=/a:/b@c,upperdir=/d"},
    {"context=\"a:b,c\",ro", "context=\"a:b,c\",ro"},
};

START_TEST(options_lose_their_secrets)
{
    _cleanup_free_ char *out = secret_hide_options(options[_i].in),
                        *again = secret_hide_options(out);

    ck_assert_str_eq(out, options[_i].out);
    ck_assert_str_eq(again, options[_i].out);
}
END_TEST

static const struct {
    const char *secret, *message, *out;
    bool cut;
} messages[] = {
    {"hush", "no hush, hushhush", "no ****, ********", false},
    {"hush", "sh is the end", "sh is the end", false},
    {"hush", "sh is the end", "** is the end", true},
    {"hush", "ush hush", "*** ****", true},
    {"aa", "aaaa a", "**** a", false},
    {"hush", "", "", true},
    {"hush", "hus", "hus", false},
    {"\033\377", "a\033\377b", "a**b", false},
};

START_TEST(a_message_is_masked)
{
    char message[64];
    struct secret secret = {messages[_i].secret, strlen(messages[_i].secret)};

    strcpy(message, messages[_i].message);
    secret_mask(message, strlen(message), &secret, messages[_i].cut);
    ck_assert_str_eq(message, messages[_i].out);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_name_loses_its_password, 0, ARRAY_SIZE(specs));
    tcase_add_loop_test(tcase, a_name_is_blanked_in_place, 0, ARRAY_SIZE(specs));
    tcase_add_test(tcase, what_is_no_url_is_left_alone);
    tcase_add_loop_test(tcase, options_lose_their_secrets, 0, ARRAY_SIZE(options));
    tcase_add_loop_test(tcase, a_message_is_masked, 0, ARRAY_SIZE(messages));
}

int main(void)
{
    return run_suite("secret", add);
}
