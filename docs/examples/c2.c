// A whole small C2 for one node, to read and to take from: it shows what it hears and keeps every row once.
//   cc -std=c11 -O2 -o c2 c2.c -lzmq        (libzmq 4.2 or newer, with CURVE; no other library)
//   umask 077; ./c2 key > c2.key            (once: this C2's secret key, 40 characters)
//   ./c2 tcp://0.0.0.0:5571 tcp://0.0.0.0:5572 c2.key 'NODE-KEY' rows.txt    (shows the public key, for node.toml)
// rows.txt gets one row a line: STREAM EPOCH SEQ UTC-MS PAYLOAD [EVENT WORDS]. How far each epoch is held is read from it at the start.
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum { NIL, NUMBER, BYTES, ARRAY, MAP, OTHER, BAD };
enum { HELLO = 1, ROWS = 2, ACK = 2, MOST_EPOCHS = 1024 };
static const char *const STREAMS[] = {"?", "events", "history", "?"};
static const char *const EVENTS[32] = {"?", "new", "confirmed", "identified", "merged", "reclassified", "suspected",
                                       "lost", "health", "configuration", "audit", "command"};

typedef struct { const uint8_t *at, *end; bool bad; } reader;
typedef struct { int kind; uint64_t number; const uint8_t *at; } item; // number: the value, or how many bytes or items lie at `at`
static struct { uint64_t epoch, held; } progress[MOST_EPOCHS];         // a ring: the oldest is forgotten first
static unsigned epochs;
static int rows_file;
static const char *node_key;

static void need(bool fine, const char *what) {
    if (fine) return;
    fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

// -- msgpack, as much of it as C2 needs; the end of the message bounds everything

static uint64_t big_endian(reader *r, size_t size) {
    uint64_t sum = 0;
    if ((size_t)(r->end - r->at) < size) r->bad = true, r->at = r->end;
    else while (size--) sum = sum << 8 | *r->at++;
    return sum;
}

static item next(reader *r) {
    static const uint8_t kinds[32] = {NIL, BAD, OTHER, OTHER, BYTES, BYTES, BYTES, BAD, BAD, BAD, OTHER, OTHER, // of c0 to df
                                      NUMBER, NUMBER, NUMBER, NUMBER, OTHER, OTHER, OTHER, OTHER, // a negative number is of no use here
                                      BAD, BAD, BAD, BAD, BAD, BYTES, BYTES, BYTES, ARRAY, ARRAY, MAP, MAP};
    static const uint8_t sizes[32] = {[4] = 1, 2, 4, [10] = 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, [25] = 1, 2, 4, 2, 4, 2, 4};
    uint8_t c = (uint8_t)big_endian(r, 1);
    item found = {c < 0x80 ? NUMBER : c < 0x90 ? MAP : c < 0xa0 ? ARRAY : c < 0xc0 ? BYTES : c < 0xe0 ? kinds[c - 0xc0] : OTHER, 0, NULL};
    found.number = c < 0x80 ? c : c < 0xa0 ? c & 15 : c < 0xc0 ? c & 31 : c < 0xe0 ? big_endian(r, sizes[c - 0xc0]) : 0;
    found.at = r->at;
    if (found.kind == BYTES && found.number <= (uint64_t)(r->end - r->at)) r->at += found.number;
    else if (found.kind == BYTES || found.kind == BAD) r->bad = true;
    return found;
}

static uint64_t inside(item one) {
    return one.kind == ARRAY ? one.number : one.kind == MAP ? 2 * one.number : 0;
}

// The fields of one array. It may end early: what is missing is nil. It may be longer: what a newer minor appended is passed over.
static bool fields(reader *r, item *out, unsigned most) {
    item array = next(r);
    memset(out, 0, most * sizeof *out);
    for (uint64_t place = 0; array.kind == ARRAY && place < array.number && !r->bad; place++) {
        item one = next(r);
        if (place < most) out[place] = one;
        for (uint64_t left = inside(one); left && !r->bad; left--) left += inside(next(r));
    }
    return array.kind == ARRAY && !r->bad;
}

// -- what is kept

static uint64_t *held(uint64_t epoch) {
    for (unsigned place = 0; place < MOST_EPOCHS; place++)
        if (progress[place].epoch == epoch) return &progress[place].held;
    unsigned place = epochs++ % MOST_EPOCHS;
    progress[place].epoch = epoch, progress[place].held = 0;
    return &progress[place].held;
}

// Learns how far each epoch is held; what a crash left of a last line is cut off, for its row was not acknowledged.
static void restore(const char *path) {
    char *line = NULL;
    size_t room = 0;
    off_t whole = 0;
    need((rows_file = open(path, O_RDWR | O_CREAT | O_APPEND, 0600)) >= 0, path);
    FILE *old = fopen(path, "r");
    need(old != NULL, path);
    for (ssize_t size; (size = getline(&line, &room, old)) > 0 && line[size - 1] == '\n'; whole += size) {
        uint64_t epoch, seq;
        if (sscanf(line, "%*s %" SCNu64 " %" SCNu64, &epoch, &seq) == 2) *held(epoch) = seq;
    }
    need(ftruncate(rows_file, whole) == 0, path);
    free(line), fclose(old);
}

// Durable when it returns. A C2 that cannot keep a row must not acknowledge it: this one ends, and the node keeps what it has.
static void keep(const char *text, size_t size) {
    need(write(rows_file, text, size) == (ssize_t)size && fdatasync(rows_file) == 0, "rows cannot be kept");
    fwrite(text, 1, size, stdout), fflush(stdout);
}

// One row as a line; nothing that a node says can end it.
static void describe(FILE *out, const item said[10], const item row[3]) {
    bool timed = said[6].kind == NUMBER && said[8].kind == NUMBER; // else it is from before a reboot, or nobody vouches for the clock
    fprintf(out, "%s %" PRIu64 " %" PRIu64 " ", STREAMS[said[4].number & 3], said[3].number, row[0].number);
    fprintf(out, timed ? "%" PRIu64 " " : "- ", said[7].number - said[6].number + row[1].number);
    for (uint64_t place = 0; place < row[2].number; place++) fprintf(out, "%02x", row[2].at[place]);
    item event[6];
    if ((said[4].number & 3) == 1 && fields(&(reader){row[2].at, row[2].at + row[2].number, false}, event, 6) && event[0].number == 1) {
        fprintf(out, " %s ", EVENTS[event[2].number & 31] ? EVENTS[event[2].number & 31] : "?");
        for (uint64_t place = 0; event[5].kind == BYTES && place < event[5].number; place++)
            fputc(event[5].at[place] >= ' ' && event[5].at[place] < 0x7f ? event[5].at[place] : '?', out);
    }
    fputc('\n', out);
}

// -- what is said and heard

static void say(void *socket, zmq_msg_t *route, const void *payload, size_t size) {
    zmq_send(socket, zmq_msg_data(route), zmq_msg_size(route), ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(socket, payload, size, ZMQ_DONTWAIT); // who is gone hears it another time
}

static void acknowledge(void *socket, zmq_msg_t *route, uint64_t epoch, uint64_t seq) {
    uint8_t payload[22] = {0x95, 1, 1, ACK, 0xcf, [13] = 0xcf};
    for (int place = 0; place < 8; place++)
        payload[5 + place] = (uint8_t)(epoch >> (56 - 8 * place)), payload[14 + place] = (uint8_t)(seq >> (56 - 8 * place));
    say(socket, route, payload, sizeof payload);
}

// said: major, minor, kind, epoch, stream, after, now_mono_ms, t_utc_ms, clock_sigma, rows
static void take_rows(void *socket, zmq_msg_t *route, const item said[10], const uint8_t *end) {
    uint64_t *done = held(said[3].number), last = *done;
    bool fits = said[5].number <= last; // else rows before these are missing: the answer says from where to go on
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    reader r = {said[9].at, end, out == NULL || said[9].kind != ARRAY};
    for (uint64_t left = fits ? said[9].number : 0; left && !r.bad; left--) {
        item row[3]; // seq, t_mono_ms, payload
        if (!fields(&r, row, 3) || row[2].kind != BYTES) r.bad = true;
        else if (row[0].number > last) describe(out, said, row), last = row[0].number; // one that is held already came twice
    }
    need(out && fclose(out) == 0, "no memory");
    if (!r.bad) {
        if (size) keep(text, size);
        *done = last;
        acknowledge(socket, route, said[3].number, last);
    }
    free(text);
}

static void hear_reliable(void *socket, zmq_msg_t part[2], bool ours) {
    const uint8_t *at = zmq_msg_data(&part[1]), *end = at + zmq_msg_size(&part[1]);
    item said[10];
    if (!ours) say(socket, &part[0], "\x94\1\1\3\xa7" "revoked", 12); // denied
    else if (!fields(&(reader){at, end, false}, said, 10) || said[0].number != 1) return; // unreadable, or another major
    else if (said[2].number == HELLO) say(socket, &part[0], "\x94\1\1\1\xa4" "node", 9); // welcome
    else if (said[2].number == ROWS) take_rows(socket, &part[0], said, end); // all other kinds are passed over
}

// One message of either plane. The key of its session says whose it is, at every message; nothing in it does. (A C2 of several
// nodes also holds a live topic against the key that it is made of.)
static void hear(void *socket, bool reliable) {
    zmq_msg_t part[2];
    int parts = 0;
    zmq_msg_init(&part[0]), zmq_msg_init(&part[1]);
    do zmq_msg_recv(&part[parts > 0], socket, 0);
    while (zmq_msg_more(&part[parts++ > 0]));
    const char *key = zmq_msg_gets(&part[1], "User-Id"); // a ROUTER's own first part may lack it
    bool ours = key && strcmp(key, node_key) == 0;
    if (parts == 2 && reliable) hear_reliable(socket, part, ours);
    if (parts == 2 && !reliable && ours) printf("live %c %zu bytes\n", *(char *)zmq_msg_data(&part[0]), zmq_msg_size(&part[1]));
    fflush(stdout);
    zmq_msg_close(&part[0]), zmq_msg_close(&part[1]);
}

// -- who may connect, and the sockets

static void admit(void *gate) { // ZAP, ZeroMQ RFC 27
    zmq_msg_t part[7];          // version, request, domain, address, identity, mechanism, key
    char key[41] = "";
    for (int place = 0; place < 7; place++) zmq_msg_init(&part[place]), zmq_msg_recv(&part[place], gate, 0);
    if (zmq_msg_size(&part[6]) == 32) zmq_z85_encode(key, zmq_msg_data(&part[6]), 32);
    bool known = strcmp(key, node_key) == 0;
    if (!known) fprintf(stderr, "refused %s\n", key);
    zmq_send(gate, "1.0", 3, ZMQ_SNDMORE), zmq_msg_send(&part[1], gate, ZMQ_SNDMORE);
    zmq_send(gate, known ? "200" : "400", 3, ZMQ_SNDMORE), zmq_send(gate, "", 0, ZMQ_SNDMORE);
    zmq_send(gate, key, known ? 40 : 0, ZMQ_SNDMORE), zmq_send(gate, "", 0, 0);
    for (int place = 0; place < 7; place++) zmq_msg_close(&part[place]);
}

static void *listen_at(void *context, int kind, const char *address, const char *secret) {
    static const int options[][2] = {
        {ZMQ_CURVE_SERVER, 1}, {ZMQ_LINGER, 0}, {ZMQ_HANDSHAKE_IVL, 4000}, {ZMQ_HEARTBEAT_IVL, 2000}, {ZMQ_HEARTBEAT_TIMEOUT, 6000}};
    void *socket = zmq_socket(context, kind);
    for (size_t place = 0; place < sizeof options / sizeof *options; place++)
        need(zmq_setsockopt(socket, options[place][0], &options[place][1], sizeof(int)) == 0, "CURVE");
    need(zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &(int64_t){65536}, sizeof(int64_t)) == 0, address);
    need(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, 40) == 0 && zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, "c2", 2) == 0, "CURVE");
    if (kind == ZMQ_SUB) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "t/", 2), zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "s/", 2);
    char at[256];
    need(zmq_bind(socket, address) == 0 && zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, at, &(size_t){sizeof at}) == 0, address);
    printf("listens %s\n", at), fflush(stdout);
    return socket;
}

int main(int count, char **given) {
    char secret[41], key[41];
    if (count == 2 && strcmp(given[1], "key") == 0) return need(zmq_curve_keypair(key, secret) == 0, "CURVE"), puts(secret) < 0;
    if (count != 6 || strlen(given[4]) != 40) return fputs("c2 LIVE RELIABLE KEY-FILE NODE-KEY ROWS-FILE\n", stderr), 2;
    FILE *in = fopen(given[3], "r");
    need(in && fscanf(in, "%40s", secret) == 1 && zmq_curve_public(key, secret) == 0, given[3]);
    fclose(in), printf("key %s\n", key);
    node_key = given[4], restore(given[5]);
    void *context = zmq_ctx_new(), *gate = zmq_socket(context, ZMQ_REP);
    need(zmq_bind(gate, "inproc://zeromq.zap.01") == 0, "ZAP");
    void *live = listen_at(context, ZMQ_SUB, given[1], secret), *reliable = listen_at(context, ZMQ_ROUTER, given[2], secret);
    for (;;) {
        zmq_pollitem_t on[] = {{gate, 0, ZMQ_POLLIN, 0}, {live, 0, ZMQ_POLLIN, 0}, {reliable, 0, ZMQ_POLLIN, 0}};
        zmq_poll(on, 3, -1);
        if (on[0].revents) admit(gate);
        if (on[1].revents) hear(live, false);
        if (on[2].revents) hear(reliable, true);
    }
}
