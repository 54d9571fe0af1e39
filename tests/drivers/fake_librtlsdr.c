/* A librtlsdr without a dongle: what pyrtlsdr, rtl_tcp and SoapySDR's module ask for, with samples that hold their own number.
 *
 * FAKE_RTL_LOG takes a line for each setting. FAKE_RTL_FATE is a file, looked at before each buffer: "unplug" has the read return as it
 * does then, "stall" has it hang, "drop N" passes over N samples, once; FAKE_RTL_REFUSE is a frequency that cannot be tuned to.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*callback_t)(unsigned char *buffer, uint32_t length, void *context);
typedef struct {
    uint32_t rate, center;
    int gain, ppm, running;
    uint32_t next;
    struct timespec due;
} rtlsdr_dev_t;

static const int gains[] = {0, 9, 14, 27, 37, 77, 87, 125, 144, 157, 166, 197, 207, 229, 254, 280, 297, 328, 338, 364, 372, 386, 402, 421, 434, 439, 445, 480, 496};
static const char *serials(void) { return getenv("FAKE_RTL_SERIALS") ? getenv("FAKE_RTL_SERIALS") : "00000001"; }

static void note(const char *name, long value) {
    FILE *file = getenv("FAKE_RTL_LOG") ? fopen(getenv("FAKE_RTL_LOG"), "a") : NULL;
    if (file) { fprintf(file, "%s %ld\n", name, value); fclose(file); }
}

static int serial_at(uint32_t index, char *serial) {
    const char *at = serials();
    for (; *at; index--) {
        size_t length = strcspn(at, ",");
        if (index == 0) { memcpy(serial, at, length); serial[length] = 0; return 0; }
        at += length + (at[length] == ',');
    }
    return -1;
}

uint32_t rtlsdr_get_device_count(void) {
    char serial[256];
    uint32_t count = 0;
    while (serial_at(count, serial) == 0) count++;
    return count;
}
const char *rtlsdr_get_device_name(uint32_t index) { (void)index; return "Fake RTL2832U"; }
int rtlsdr_get_device_usb_strings(uint32_t index, char *maker, char *product, char *serial) {
    if (maker) strcpy(maker, "Fake");
    if (product) strcpy(product, "RTL2838");
    char unwanted[256];
    return serial_at(index, serial ? serial : unwanted);
}
int rtlsdr_get_index_by_serial(const char *wanted) {
    char serial[256];
    for (uint32_t index = 0; serial_at(index, serial) == 0; index++)
        if (strcmp(serial, wanted) == 0) return (int)index;
    return -3;
}
int rtlsdr_open(rtlsdr_dev_t **device, uint32_t index) {
    char serial[256];
    if (serial_at(index, serial) != 0) return -1;
    if (getenv("FAKE_RTL_OPEN")) return atoi(getenv("FAKE_RTL_OPEN"));
    note("open", index);
    *device = calloc(1, sizeof(rtlsdr_dev_t));
    (*device)->rate = 2048000;
    return 0;
}
int rtlsdr_close(rtlsdr_dev_t *device) { free(device); return 0; }

#define SETS(name, field) int name(rtlsdr_dev_t *device, int value) { note(#name, value); device->field = value; return 0; }
#define IGNORES(name) int name(rtlsdr_dev_t *device, int value) { (void)device; note(#name, value); return 0; }
int rtlsdr_set_center_freq(rtlsdr_dev_t *device, uint32_t hz) {
    note("rtlsdr_set_center_freq", hz);
    if (getenv("FAKE_RTL_REFUSE") && (uint32_t)atol(getenv("FAKE_RTL_REFUSE")) == hz) return -1;
    device->center = hz;
    return 0;
}
int rtlsdr_set_sample_rate(rtlsdr_dev_t *device, uint32_t hz) { note("rtlsdr_set_sample_rate", hz); device->rate = hz; return 0; }
uint32_t rtlsdr_get_center_freq(rtlsdr_dev_t *device) { return device->center; }
uint32_t rtlsdr_get_sample_rate(rtlsdr_dev_t *device) { return device->rate; }
int rtlsdr_get_freq_correction(rtlsdr_dev_t *device) { return device->ppm; }
int rtlsdr_get_tuner_type(rtlsdr_dev_t *device) { (void)device; return 5; }
int rtlsdr_get_tuner_gain(rtlsdr_dev_t *device) { return device->gain; }
int rtlsdr_get_tuner_gains(rtlsdr_dev_t *device, int *found) {
    (void)device;
    if (found) memcpy(found, gains, sizeof gains);
    return sizeof gains / sizeof *gains;
}
SETS(rtlsdr_set_freq_correction, ppm)
SETS(rtlsdr_set_tuner_gain, gain)
IGNORES(rtlsdr_set_tuner_gain_mode)
IGNORES(rtlsdr_set_agc_mode)
IGNORES(rtlsdr_set_direct_sampling)
IGNORES(rtlsdr_set_offset_tuning)
IGNORES(rtlsdr_set_testmode)
IGNORES(rtlsdr_set_dithering)
IGNORES(rtlsdr_set_bias_tee)
IGNORES(rtlsdr_set_gpio_output)
IGNORES(rtlsdr_set_gpio_input)
IGNORES(rtlsdr_set_gpio_byte)
int rtlsdr_get_direct_sampling(rtlsdr_dev_t *device) { (void)device; return 0; }
int rtlsdr_get_offset_tuning(rtlsdr_dev_t *device) { (void)device; return 0; }
int rtlsdr_set_tuner_bandwidth(rtlsdr_dev_t *device, uint32_t hz) { (void)device; (void)hz; return 0; }
int rtlsdr_set_gpio_bit(rtlsdr_dev_t *device, uint8_t pin, int value) { (void)device; (void)pin; (void)value; return 0; }
int rtlsdr_get_gpio_bit(rtlsdr_dev_t *device, uint8_t pin, int *value) { (void)device; (void)pin; *value = 0; return 0; }
int rtlsdr_get_gpio_byte(rtlsdr_dev_t *device, int *value) { (void)device; *value = 0; return 0; }
int rtlsdr_set_gpio_status(rtlsdr_dev_t *device, int *value) { (void)device; *value = 0; return 0; }
int rtlsdr_set_tuner_if_gain(rtlsdr_dev_t *device, int stage, int gain) { (void)device; (void)stage; (void)gain; return 0; }
int rtlsdr_set_xtal_freq(rtlsdr_dev_t *device, uint32_t rtl, uint32_t tuner) { (void)device; (void)rtl; (void)tuner; return 0; }
int rtlsdr_get_xtal_freq(rtlsdr_dev_t *device, uint32_t *rtl, uint32_t *tuner) { (void)device; *rtl = *tuner = 28800000; return 0; }
int rtlsdr_reset_buffer(rtlsdr_dev_t *device) { (void)device; return 0; }

/* Fills a buffer and waits until a dongle would have had so many samples. */
static void fill(rtlsdr_dev_t *device, unsigned char *buffer, uint32_t length) {
    for (uint32_t at = 0; at + 1 < length; at += 2, device->next++) {
        buffer[at] = device->next & 0xff;
        buffer[at + 1] = device->next >> 8 & 0xff;
    }
    int64_t ns = device->due.tv_nsec + (int64_t)(length / 2) * 1000000000 / device->rate;
    device->due.tv_sec += ns / 1000000000;
    device->due.tv_nsec = ns % 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &device->due, NULL);
}

/* What happens next; the file is gone once it did. Returns whether the dongle is still there. */
static int fate(rtlsdr_dev_t *device) {
    char words[64] = "";
    const char *path = getenv("FAKE_RTL_FATE");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file) return 1;
    if (!fgets(words, sizeof words, file)) words[0] = 0;
    fclose(file);
    if (!words[0]) return 1;
    remove(path);
    if (strncmp(words, "unplug", 6) == 0) return 0;
    if (strncmp(words, "stall", 5) == 0) for (;;) nanosleep(&(struct timespec){3600, 0}, NULL);
    uint32_t dropped = (uint32_t)atol(words + 5);
    int64_t ns = device->due.tv_nsec + (int64_t)dropped * 1000000000 / device->rate;
    device->next += dropped;
    device->due.tv_sec += ns / 1000000000;
    device->due.tv_nsec = ns % 1000000000;
    return 1;
}

int rtlsdr_read_async(rtlsdr_dev_t *device, callback_t callback, void *context, uint32_t count, uint32_t length) {
    (void)count;
    if (length == 0) length = 262144;
    unsigned char *buffer = malloc(length);
    clock_gettime(CLOCK_MONOTONIC, &device->due);
    for (device->running = 1; device->running && fate(device);) {
        fill(device, buffer, length);
        callback(buffer, length, context);
    }
    free(buffer);
    return 0;
}
int rtlsdr_wait_async(rtlsdr_dev_t *device, callback_t callback, void *context) { return rtlsdr_read_async(device, callback, context, 0, 0); }
int rtlsdr_cancel_async(rtlsdr_dev_t *device) { device->running = 0; return 0; }
int rtlsdr_read_sync(rtlsdr_dev_t *device, void *buffer, int length, int *read) {
    if (device->due.tv_sec == 0) clock_gettime(CLOCK_MONOTONIC, &device->due);
    if (!fate(device)) return -4;
    fill(device, buffer, (uint32_t)length);
    *read = length;
    return 0;
}
