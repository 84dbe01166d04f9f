// The verbs and the options of the command line, one table of each: parsing, --help, the man page
// and the completions are all made from them. Knows nothing of the engine.
#ifndef DAVIT_TUI_VERBS_TABLE_H
#define DAVIT_TUI_VERBS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGETS_MAX 64 // of one command

// X(id, function, name, alias, arguments, least, most, summary, help): verbs of this davit; least
// and most count the words after the verb. Help paragraphs are parted by empty lines.
#define VERBS(X)                                                                                  \
    X(PS, ps, "ps", NULL, "", 0, 0, "running containers",                                         \
      "Lists the containers that run on this host, found in /proc and named by their runtimes. "  \
      "ATT counts what davit has attached to each. A runtime that does not answer is reported "   \
      "below the list; its containers are listed nevertheless, with names from disk.")            \
    X(FS, fs, "fs", NULL, "", 0, 0, "host filesystems: mount, device, sub-root, usage",           \
      "Lists the filesystems that are mounted on this host, without those that the kernel "       \
      "makes. SUB-ROOT is the directory of the filesystem that is mounted there. A filesystem "   \
      "that does not answer holds up nothing: its usage stays unknown.")                          \
    X(MOUNTS, mounts, "mounts", NULL, "CONTAINER", 1, 1,                                          \
      "what is mounted inside, where each comes from, its propagation explained",                 \
      "Lists the mounts inside a container. ORIGIN is attached (by davit, with its id), "         \
      "declared (when the container was made), image, system or other. PROPAGATION says "         \
      "whether mounts made later on the host appear inside; the sentences below the list say "    \
      "why, with --verbose also for what the runtime itself mounts. --why HOSTPATH answers one "  \
      "question instead: whether that path of the host is seen inside, where, and why not.")      \
    X(LS, ls, "ls", NULL, "PLACE", 1, 1, "one directory: HOSTPATH or CONTAINER:PATH",             \
      "Lists one directory of the host or of a container, with a time limit. Symbolic links "     \
      "of a container are followed inside its own root only.")                                    \
    X(ATTACH, attach, "attach", "mount", "SOURCE CONTAINER:TARGET...", 2, 1 + TARGETS_MAX,        \
      "attach a host directory or file to running containers",                                    \
      "Attaches SOURCE at each CONTAINER:TARGET, while the container runs, and proves it from "   \
      "inside. Writable unless --ro is given; nosuid, nodev and private unless asked otherwise. " \
      "It lasts until the container stops or davit detach takes it away.\n\n"                     \
      "SOURCE is a directory or file of the host (/dir, ./dir, ../file) or of a container "       \
      "(CONTAINER:/dir), volume:NAME, a filesystem on a device (device:/dev/sdb1, UUID=..., "     \
      "LABEL=...) or in a file (image:/disk.img), each with :/SUBPATH, tmpfs:size=64m, or with "  \
      "-t TYPE what that mount helper takes (nas:/vol).\n\n"                                      \
      "A target that does not exist is made in the container's writable layer; davit detach "     \
      "removes what was made. Several targets are one command with one result each; when some "   \
      "of them fail, the others are attached nevertheless.\n\n"                                   \
      "CONTAINER is an exact name, an exact id or a unique prefix of an id, RUNTIME/NAME, "       \
      "POD/NAME, USER/NAME of a user's own containers, or pid:N.")                                \
    X(DETACH, detach, "detach", "umount", "CONTAINER:TARGET... | HOSTPATH", 1, TARGETS_MAX,       \
      "take away what davit has attached",                                                        \
      "Detaches what davit has attached at each CONTAINER:TARGET, known by its identity and "     \
      "not by its path, and removes the mount points that davit made. With HOSTPATH, "            \
      "everything that was attached from this path, and the share at it, after a question. A "    \
      "mount that is in use "                                                                     \
      "stays where it is, and what holds it is listed.")                                          \
    X(REPLACE, replace, "replace", NULL, "SOURCE CONTAINER:TARGET...", 2, 1 + TARGETS_MAX,        \
      "swap what is attached, without a gap",                                                     \
      "Puts SOURCE in the place of what davit has attached at each CONTAINER:TARGET. The new "    \
      "mount goes below the old one, which is then detached: from Linux 6.5 there is no moment "  \
      "in which nothing is there (the plan says when it is not so). Who holds the old mount "     \
      "open goes on using it, unseen, and is listed. A mount point that davit made stays as "     \
      "long as something is attached there.")                                                     \
    X(REFRESH, refresh, "refresh", NULL, "DEVICE | HOSTPATH | CONTAINER:TARGET...", 0,            \
      TARGETS_MAX, "replace by the same source, after its server came back",                      \
      "Replaces attachments by what their source is now, with the options that they were "        \
      "attached with: after a server was restarted, or a filesystem mounted anew on the host. "   \
      "With HOSTPATH or DEVICE all that is attached from there or below, with --stale all "       \
      "whose server is dead, in every container.")                                                \
    X(SHARE, share, "share", NULL, "CONTAINER:PATH HOSTPATH", 2, 2,                               \
      "a container's mount, shown on the host",                                                   \
      "Shows a directory or file of a running container on the host, whatever is mounted there "  \
      "inside: FUSE, tmpfs, a network mount, the container's own root. nosuid and nodev unless "  \
      "asked otherwise, never executable, no symbolic link of it followed, private. HOSTPATH "    \
      "is made when it does not exist. What is not empty, and what other namespaces would see "   \
      "too, is refused without --force.\n\n"                                                      \
      "davit detach HOSTPATH takes it away. When the container stops, the next davit, or one "    \
      "that runs, takes it back.")                                                                \
    X(STATUS, status, "status", NULL, "", 0, 0, "what davit has attached: live, lingering, gone", \
      "Lists what all users of davit have attached on this host. live: attached now. "            \
      "lingering: detached with --lazy and still in use. intent: begun and neither done nor "     \
      "taken back. What is gone is counted; --verbose lists it too.")                             \
    X(EVENTS, events, "events", NULL, "", 0, 0, "the journal of all users of davit on this host", \
      "Prints what was attached and detached, when, by whom, and what came of it. --verbose "     \
      "adds the lines that say only that something was begun. With --json and --follow each "     \
      "line is an object of its own, complete with its schema.")                                  \
    X(UNDO, undo, "undo", NULL, "[ID]", 0, 1, "take back the caller's last change",               \
      "Takes back the last change of the user who asks, or the change ID of any user: what was "  \
      "attached is detached, what was detached is attached again. Shows the plan and asks.")      \
    X(WHO, who, "who", NULL, "DEVICE | HOSTPATH | CONTAINER:PATH", 1, 1,                          \
      "who holds it, in every mount namespace",                                                   \
      "Lists who holds a device, the filesystem or directory at a path of the host, or what a "   \
      "container's path shows: every mount of it in every mount namespace of the machine, also "  \
      "in those that no container and no process has; then processes by working directory, "      \
      "root, program, open files and mappings; and what is made of it: loop devices, swap, "      \
      "device mapper, md. A filesystem that was unmounted lazily shows in the processes that "    \
      "still use it. What could not be looked at is said. --mounts lists the mounts only, "       \
      "which "                                                                                    \
      "takes no look at every process.")                                                          \
    X(EJECT, eject, "eject", NULL, "DEVICE | HOSTPATH", 1, 1,                                     \
      "detach it everywhere, then prove that nobody has it",                                      \
      "Detaches a device, or what is at a path of the host, in every mount namespace: what "      \
      "davit "                                                                                    \
      "attached, what containers declared, what services and the host itself have mounted, "      \
      "also "                                                                                     \
      "from its partitions and from what is made of it. Shows the plan and asks. When a "         \
      "process "                                                                                  \
      "has something of it open nothing is changed (unless --wait or --lazy), and what would "    \
      "make it let go is printed: davit ends nobody. At the end it is proven that no namespace "  \
      "has it "                                                                                   \
      "and that the device can be opened exclusively; what the machine runs from or swaps to "    \
      "is "                                                                                       \
      "refused. A device is not switched off.")                                                   \
    X(ENTER, enter, "enter", "exec", "CONTAINER [-- COMMAND...]", 1, 1,                           \
      "a shell or a command inside a container",                                                  \
      "Starts COMMAND, else a shell, inside a running container: in all its namespaces, its "     \
      "root, its control groups, with the user, capabilities, no_new_privs, seccomp filters "     \
      "and "                                                                                      \
      "security label of its first process. What of these it would not have is said before it "   \
      "starts. Nothing of davit is ever visible inside. A terminal of the container's own when "  \
      "standard input and output are one, else pipes. Exits as COMMAND does; 128 and the "        \
      "signal's number when a signal ended it.\n\n"                                               \
      "For a container without a shell, --tools shows a directory of the host's, or a static "    \
      "busybox, in a mount namespace of the command's own: the container has nothing of it, "     \
      "and "                                                                                      \
      "it is gone with the command. --privileged is the way of nsenter(1): every capability, "    \
      "no "                                                                                       \
      "seccomp, no label.")                                                                       \
    X(KEEP, keep, "keep", NULL, "CONTAINER:TARGET...", 1, TARGETS_MAX,                            \
      "re-apply after a restart of the container",                                                \
      "What is attached at each CONTAINER:TARGET is attached again, with the same options, "      \
      "each time that its container starts again, also after a restart of the host. The "         \
      "container is known again by its runtime and name, by its pod, or by its project and "      \
      "service of compose; the source by the UUID of its filesystem and its path. What cannot "   \
      "be attached again is said by davit status and davit events. davit keepd does it and has "  \
      "to run, unless --force. A detach ends it too.")                                            \
    X(FORGET, forget, "forget", NULL, "CONTAINER:TARGET...", 1, TARGETS_MAX, "keep no longer",    \
      "What is attached stays, and is neither attached again nor ended at a time any more. The "  \
      "container need not run.")                                                                  \
    X(KEEPD, keepd, "keepd", NULL, "", 0, 0, "the service that re-applies kept attachments",      \
      "Attaches again what is kept when its container has started, and detaches what was "        \
      "attached for a time when that has passed. Runs in the foreground until SIGTERM, one for "  \
      "a state directory; davit-keepd.service starts it under systemd. At rest it costs "         \
      "nothing.")                                                                                 \
    X(EXPORT, export, "export", NULL, "CONTAINER", 1, 1,                                          \
      "what was attached, as a compose fragment and run flags",                                   \
      "Prints what is attached to CONTAINER now as a fragment of a compose file, and as flags "   \
      "of docker run in a comment below it: a container that is made with them sees the same "    \
      "files. What docker does otherwise is said in comments, what it cannot declare on "         \
      "standard error.")                                                                          \
    X(VOLUME, volume, "volume", NULL, "ls | create NAME | rm NAME", 1, 2, "named volumes",        \
      "ls lists the volumes of the runtimes and davit's own, with the containers in which each "  \
      "is "                                                                                       \
      "mounted now. create makes one of davit's own, a directory of the host with a name; rm "    \
      "removes one with all that is in it, unless it is in use. volume:NAME attaches davit's, "   \
      "volume:RUNTIME/NAME a runtime's.")                                                         \
    X(DOCTOR, doctor, "doctor", NULL, "", 0, 0,                                                   \
      "kernel calls, privileges, runtimes: what works here, what does not, why",                  \
      "Tries what davit needs of the kernel, of the caller's privileges, of the container "       \
      "runtimes and of the state directory, and says what each is good for. Changes nothing. "    \
      "Exits with 0 also when a check fails.")                                                    \
    X(ENGINE, engine, "engine", NULL, "", 0, 0, "the message protocol on stdin and stdout",       \
      "Serves one front end: one JSON-RPC object a line, until standard input ends. A change "    \
      "that is under way then is finished or taken back. What is watched costs nothing while "    \
      "nothing happens.")                                                                         \
    X(HELP, help, "help", NULL, "[VERB]", 0, 1, "this help, or that of a verb", "")

enum verb_id {
#define X(id, ...) VERB_##id,
    VERBS(X)
#undef X
        VERB_COUNT // also: no verb
};

struct verb {
    const char *name;
    const char *alias;     // NULL: none
    const char *arguments; // "SOURCE CONTAINER:TARGET..."
    unsigned least, most;  // how many words
    const char *summary;
    const char *help;
};

extern const struct verb verbs[VERB_COUNT];

// By name or alias; VERB_COUNT when there is none.
enum verb_id verb_find(const char *name);

enum value_kind {
    VALUE_NONE, // a flag
    VALUE_TEXT,
    VALUE_PATH,
    VALUE_CHOICE,   // one of `choices`
    VALUE_LIST,     // names parted by commas
    VALUE_DURATION, // text_to_milliseconds()
    VALUE_MODE,     // octal, 1 to 07777
};

#define DURATION_LIMIT_MS (24ULL * 60 * 60 * 1000)

#define ON(id)        (UINT32_C(1) << VERB_##id)
#define ON_ATTACH     (ON(ATTACH) | ON(REPLACE) | ON(SHARE))
#define ON_DETACH     (ON(DETACH) | ON(EJECT))
#define ON_ASKING     (ON_CHANGES | ON_OWN)
#define ON_CHANGES    (ON_ATTACH | ON_DETACH | ON(UNDO) | ON(REFRESH))
#define ON_OWN        (ON(KEEP) | ON(FORGET) | ON(VOLUME)) // change no mount
#define ON_DRY_RUN    (ON_CHANGES | ON_OWN | ON(ENTER))
#define ON_EVERYTHING UINT32_MAX
#define ON_NOTHING    UINT32_C(0)

// X(id, long names parted by '|', letter, argument, kind, choices, verbs, built, help)
#define OPTIONS(X)                                                                               \
    X(RO, "ro|read-only", 'r', NULL, VALUE_NONE, NULL, ON_ATTACH, true,                          \
      "read-only, submounts too; proven before it is attached")                                  \
    X(RW, "rw", 'w', NULL, VALUE_NONE, NULL, ON_ATTACH, true, "writable (the default)")          \
    X(RECURSIVE, "recursive", 'R', NULL, VALUE_NONE, NULL, ON_ATTACH, true,                      \
      "with the mounts below the source (they are left out otherwise, and listed)")              \
    X(NOEXEC, "noexec", 0, NULL, VALUE_NONE, NULL, ON_ATTACH, true, "no program can be started") \
    X(SUID, "suid", 0, NULL, VALUE_NONE, NULL, ON_ATTACH, true,                                  \
      "let set-user-ID programs work (nosuid otherwise)")                                        \
    X(DEV, "dev", 0, NULL, VALUE_NONE, NULL, ON_ATTACH, true,                                    \
      "let device nodes work (nodev otherwise)")                                                 \
    X(PROPAGATION, "propagation", 0, "KIND", VALUE_CHOICE, "private|slave|shared", ON_ATTACH,    \
      true,                                                                                      \
      "private (the default), slave: mounts made later below the source appear inside, or "      \
      "shared: also the other way")                                                              \
    X(IDMAP, "idmap", 0, "MAP", VALUE_TEXT, NULL, ON_ATTACH, true,                               \
      "owners in a user namespace: auto, off or CONTAINER:HOST:COUNT (default: auto with --ro)") \
    X(MKDIR, "mkdir", 0, NULL, VALUE_NONE, NULL, ON_ATTACH, true,                                \
      "make a missing target also where the container's root is read-only")                      \
    X(NO_MKDIR, "no-mkdir", 0, NULL, VALUE_NONE, NULL, ON_ATTACH, true,                          \
      "never make a missing target")                                                             \
    X(MODE, "mode", 0, "MODE", VALUE_MODE, NULL, ON_ATTACH, true,                                \
      "permissions of directories that are made (default: 0755)")                                \
    X(METHOD, "method", 0, "METHOD", VALUE_CHOICE, "auto|tree|device|helper|recipe", ON_ATTACH,  \
      true, "tree, device, helper, recipe, or auto (the default): as the source needs it")       \
    X(KEEP, "keep", 0, NULL, VALUE_NONE, NULL, ON(ATTACH) | ON(REPLACE), true,                   \
      "attach again when the container starts again (by davit keepd)")                           \
    X(FOR, "for", 0, "DURATION", VALUE_TEXT, NULL, ON_ATTACH, true,                              \
      "detach after this time (90s, 2h, 7d), by davit keepd")                                    \
    X(OFFSET, "offset", 0, "BYTES", VALUE_TEXT, NULL, ON_ATTACH, true,                           \
      "where in an image the filesystem begins")                                                 \
    X(TYPE, "", 't', "TYPE", VALUE_TEXT, NULL, ON_ATTACH, true, "by the host's mount helper")    \
    X(HELPER_OPTIONS, "", 'o', "OPTIONS", VALUE_TEXT, NULL, ON_ATTACH, true,                     \
      "of the host's mount helper")                                                              \
    X(FORCE, "force", 0, NULL, VALUE_NONE, NULL, ON_ATTACH | ON(KEEP), true,                     \
      "also onto a target that carries an attachment already; also without keepd")               \
    X(PRIVILEGED, "privileged", 0, NULL, VALUE_NONE, NULL, ON(ENTER), true,                      \
      "with every capability, as nsenter(1) does: dangerous")                                    \
    X(TOOLS, "tools", 0, "DIR", VALUE_TEXT, NULL, ON(ENTER), true,                               \
      "programs for a container without: a directory of the host's, or busybox")                 \
    X(USER, "user", 'u', "USER", VALUE_TEXT, NULL, ON(ENTER), true,                              \
      "NAME or UID of the container's, with :GROUP or :GID (default: its first process's)")      \
    X(WAIT, "wait", 0, "DURATION", VALUE_DURATION, NULL, ON_DETACH, true,                        \
      "wait so long for those who use it to let go (10s, 2m)")                                   \
    X(LAZY, "lazy", 0, NULL, VALUE_NONE, NULL, ON_DETACH, true,                                  \
      "hide it now, although it is still in use")                                                \
    X(WHY, "why", 0, "HOSTPATH", VALUE_PATH, NULL, ON(MOUNTS), true,                             \
      "say whether this path of the host is seen inside, and why or why not")                    \
    X(MOUNTS, "mounts", 0, NULL, VALUE_NONE, NULL, ON(WHO), true,                                \
      "the mounts, and what is made of it, only")                                                \
    X(STALE, "stale", 0, NULL, VALUE_NONE, NULL, ON(REFRESH), true, "all whose server is dead")  \
    X(FOLLOW, "follow", 0, NULL, VALUE_NONE, NULL, ON(EVENTS), true,                             \
      "go on with what happens, until interrupted")                                              \
    X(DRY_RUN, "dry-run", 0, NULL, VALUE_NONE, NULL, ON_DRY_RUN, true,                           \
      "print the steps, their system calls and the predicted result; change nothing")            \
    X(YES, "yes", 0, NULL, VALUE_NONE, NULL, ON_ASKING, true, "do not ask")                      \
    X(JSON, "json", 0, NULL, VALUE_NONE, NULL, ON_EVERYTHING, true,                              \
      "one JSON object on standard output, errors too")                                          \
    X(DOCKER, "docker", 0, "SOCKET", VALUE_PATH, NULL, ON_EVERYTHING, true,                      \
      "Docker's socket (else DOCKER_HOST, else the usual places)")                               \
    X(RUNTIME, "runtime", 0, "LIST", VALUE_LIST, NULL, ON_EVERYTHING, true,                      \
      "only containers of these runtimes, parted by commas")                                     \
    X(STATE_DIR, "state-dir", 0, "DIR", VALUE_PATH, NULL, ON_EVERYTHING, true,                   \
      "where the journal is (default: /run/davit)")                                              \
    X(NO_CHANGES, "no-changes", 0, NULL, VALUE_NONE, NULL, ON_EVERYTHING, true,                  \
      "refuse every change")                                                                     \
    X(READONLY, "readonly", 0, NULL, VALUE_NONE, NULL, ON_NOTHING, true,                         \
      "the console for reading: every change is refused, by the engine")                         \
    X(QUIET, "quiet", 0, NULL, VALUE_NONE, NULL, ON_EVERYTHING, true, "print errors only")       \
    X(VERBOSE, "verbose", 0, NULL, VALUE_NONE, NULL, ON_EVERYTHING, true,                        \
      "print each step with its system call, result and time")                                   \
    X(NO_COLOR, "no-color", 0, NULL, VALUE_NONE, NULL, ON_EVERYTHING, true,                      \
      "no colours (the verbs use none)")                                                         \
    X(THEME, "theme", 0, "NAME", VALUE_TEXT, NULL, ON_EVERYTHING, true,                          \
      "colours of the console: a name, or a file with a slash")                                  \
    X(CONFIG, "config", 0, "FILE", VALUE_PATH, NULL, ON_EVERYTHING, true,                        \
      "settings from this file alone (default: /etc/davit/config.json, and the user's own)")     \
    X(RECORD, "record", 0, "FILE", VALUE_PATH, NULL, ON_NOTHING, true,                           \
      "write what the engine and the console tell each other to a new file")                     \
    X(REPLAY, "replay", 0, "FILE", VALUE_PATH, NULL, ON_NOTHING, true,                           \
      "show such a recording instead of this host")                                              \
    X(SCRIPT, "script", 0, "FILE", VALUE_PATH, NULL, ON_NOTHING, true,                           \
      "press the keys that a file names, then close")                                            \
    X(OFF_SCREEN, "off-screen", 0, "WIDTHxHEIGHT", VALUE_TEXT, NULL, ON_NOTHING, true,           \
      "paint without a terminal, as for TERM and LANG")                                          \
    X(PLAIN, "plain", 0, NULL, VALUE_NONE, NULL, ON_NOTHING, true,                               \
      "lines that scroll instead of a screen: for screen readers and simple terminals")          \
    X(HOST, "host", 'H', "[USER@]HOST", VALUE_TEXT, NULL, ON_EVERYTHING, false, "another host")  \
    X(HELP, "help", 'h', NULL, VALUE_NONE, NULL, ON_EVERYTHING, true, "print help")              \
    X(VERSION, "version", 0, NULL, VALUE_NONE, NULL, ON_EVERYTHING, true, "print the version")

enum option_id {
#define X(id, ...) OPTION_##id,
    OPTIONS(X)
#undef X
        OPTION_COUNT
};

struct option_spec {
    const char *names;    // "ro|read-only"; empty when there is a letter only
    char letter;          // 0: none
    const char *argument; // NULL: none
    enum value_kind kind;
    const char *choices; // "private|slave|shared"
    uint32_t verbs;      // mask of ON(verb)
    bool built;          // else it is recognised and refused
    const char *help;
};

extern const struct option_spec option_specs[OPTION_COUNT];

// Pairs that contradict each other.
#define CONTRADICTIONS(X) X(RO, RW) X(MKDIR, NO_MKDIR) X(QUIET, VERBOSE)

// By a long name (of `length` bytes) or by a letter; OPTION_COUNT when there is none.
enum option_id option_find(const char *name, size_t length);
enum option_id option_find_letter(char letter);

// Calls with each name of a list parted by '|': returns the next one's start, NULL at the end.
const char *name_next(const char *names, const char *previous, size_t *ret_length);

// "--read-only" or "-t": how an option is spelled in messages, by its first name.
const char *option_spelled(enum option_id id, char *buffer, size_t size);

// Meaning of each exit status, by number; NULL after the last.
extern const char *const exit_meanings[];

// What is nearest to `word` among verbs (and aliases), or among the long options of a verb
// (VERB_COUNT: of all): NULL when nothing is near. Options are returned with "--" in `buffer`.
const char *verb_nearest(const char *word);
const char *option_nearest(const char *word, size_t length, enum verb_id verb, char *buffer,
                           size_t size);

#endif
