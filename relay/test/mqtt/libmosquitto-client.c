// Publishes and subscribes as the words of the command line say, with libmosquitto.
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *filter, *to;
static int qos;

static void on_connect(struct mosquitto *client, void *data, int code, int flags) {
  printf("connected %d\n", code == 0 ? flags & 1 : -code);
  mosquitto_subscribe(client, NULL, filter, qos);
}

static void on_subscribe(struct mosquitto *client, void *data, int id, int count, const int *granted) {
  puts("subscribed");
  const char *payload = strchr(to, '=');
  if (!payload) return;
  char topic[100];
  snprintf(topic, sizeof topic, "%.*s", (int)(payload - to), to);
  mosquitto_publish(client, NULL, topic, strlen(payload + 1), payload + 1, qos, true);
}

static void on_publish(struct mosquitto *client, void *data, int id) { puts("published"); }

static void on_message(struct mosquitto *client, void *data, const struct mosquitto_message *message) {
  printf("message %s %.*s %d %d\n", message->topic, message->payloadlen, (char *)message->payload, message->qos,
         message->retain);
}

int main(int count, char **words) {
  if (count != 7) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  mosquitto_lib_init();
  struct mosquitto *client = mosquitto_new(words[2], false, NULL);
  mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, atoi(words[3]));
  qos = atoi(words[4]);
  filter = words[5];
  to = words[6];
  char will[100];
  snprintf(will, sizeof will, "will/%s", words[2]);
  mosquitto_will_set(client, will, 4, "gone", 1, true);
  mosquitto_connect_with_flags_callback_set(client, on_connect);
  mosquitto_subscribe_callback_set(client, on_subscribe);
  mosquitto_publish_callback_set(client, on_publish);
  mosquitto_message_callback_set(client, on_message);
  mosquitto_property *properties = NULL;
  if (strcmp(words[3], "5") == 0) mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 60);
  if (mosquitto_connect_bind_v5(client, "127.0.0.1", atoi(words[1]), 60, NULL, properties)) return 1;
  return mosquitto_loop_forever(client, -1, 1);
}
