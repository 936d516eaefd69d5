"""Publishes and subscribes as the words of the command line say, with paho-mqtt 1 or 2."""
import sys

import paho.mqtt.client as mqtt

port, client_id, version, qos, filter_, publish = sys.argv[1:7]
level = {"3": mqtt.MQTTv31, "4": mqtt.MQTTv311, "5": mqtt.MQTTv5}[version]
options = {"client_id": client_id, "protocol": level}
if hasattr(mqtt, "CallbackAPIVersion"):
    options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
client = mqtt.Client(**options, **({} if version == "5" else {"clean_session": False}))
client.will_set("will/" + client_id, "gone", qos=1, retain=True)


def say(*words):
    print(*words, flush=True)


def on_connect(client, _data, flags, code, *_):
    say("connected", flags["session present"])
    client.subscribe(filter_, int(qos))


def on_subscribe(client, *_):
    say("subscribed")
    if publish != "-":
        topic, payload = publish.split("=")
        client.publish(topic, payload, qos=int(qos), retain=True)


def on_message(_client, _data, message):
    say("message", message.topic, message.payload.decode(), message.qos, int(message.retain))


client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.on_publish = lambda *_: say("published")
if version == "5":
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 60
    client.connect("127.0.0.1", int(port), clean_start=False, properties=properties)
else:
    client.connect("127.0.0.1", int(port))
client.loop_forever()
