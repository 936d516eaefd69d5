// The statements of MQTT 3.1.1 that concern a server: its number, what the gateway does, and after
// a bar why no test shows it.
export const statements3 = `
1.5.3-1 Closes a connection that sends text which is not UTF-8.
1.5.3-2 Closes a connection that sends U+0000 in text.
1.5.3-3 Keeps U+FEFF wherever it is in text, but refuses topics and filters with it.
2.2.2-1 Sets reserved flags as the specification lists them.
2.2.2-2 Closes a connection that sends other flags.
2.3.1-1 Closes a connection that sends the packet id 0.
2.3.1-4 Gives each message with QoS 1 or 2 that it sends a packet id that is not in use.
2.3.1-5 Sends no packet id with QoS 0.
2.3.1-6 Answers a PUBLISH or PUBREL with its packet id.
2.3.1-7 Answers SUBSCRIBE and UNSUBSCRIBE with their packet ids.
3.1.0-1 Closes a connection that begins with another packet than CONNECT.
3.1.0-2 Closes a connection that sends a second CONNECT.
3.1.2-1 Closes a connection with another protocol name, but takes "MQIsdp" of MQTT 3.1.
3.1.2-2 Answers an unknown level with return code 1, and closes.
3.1.2-3 Closes if the reserved flag of CONNECT is set.
3.1.2-4 Resumes the session of a client id, or begins one, if the session is not to be clean.
3.1.2-5 Keeps messages with QoS 1 and 2 for a client that is away.
3.1.2-6 Ends the session before, and this one with its connection, if it is to be clean.
3.1.2-7 Keeps retained messages when a session ends.
3.1.2-8 Publishes the will when a connection ends without DISCONNECT.
3.1.2-9 Uses QoS, RETAIN, topic and message of the will, which must be there if its flag is set.
3.1.2-10 Forgets the will when it is published, or after DISCONNECT.
3.1.2-11 Refuses bits and fields of a will without the flag of a will.
3.1.2-12 Publishes no will without its flag.
3.1.2-13 Refuses the QoS of a will without its flag.
3.1.2-14 Takes wills with QoS 0, 1 and 2, and refuses 3.
3.1.2-15 Refuses RETAIN of a will without its flag.
3.1.2-16 Publishes the will without RETAIN if its flag is not set.
3.1.2-17 Publishes the will with RETAIN if its flag is set.
3.1.2-18 Refuses a user name without its flag.
3.1.2-19 Refuses the flag of a user name without one.
3.1.2-20 Refuses a password without its flag.
3.1.2-21 Refuses the flag of a password without one.
3.1.2-22 Refuses a password without a user name.
3.1.2-24 Closes after 1.5 times the keep-alive without a packet.
3.1.3-1 Reads client id, topic and message of the will, user name and password in this order.
3.1.3-2 Knows a session by its client id.
3.1.3-3 Reads the client id first, which must be there.
3.1.3-4 Closes if the client id is not UTF-8.
3.1.3-5 Takes client ids of 1 to 23 letters and digits, and longer ones.
3.1.3-6 Gives a client without an id one that no other client has.
3.1.3-7 Takes no client id only with a clean session.
3.1.3-8 Answers no client id without a clean session with return code 2, and closes.
3.1.3-9 Answers each client id that it refuses with return code 2, and closes.
3.1.3-10 Closes if the topic of the will is not UTF-8.
3.1.3-11 Closes if the user name is not UTF-8.
3.1.4-1 Closes without CONNACK if CONNECT is malformed.
3.1.4-2 Closes the connection that a client with the same id has.
3.1.4-3 Resumes or ends sessions as the flag of CONNECT asks for.
3.1.4-4 Answers an accepted CONNECT with return code 0.
3.1.4-5 Processes nothing that follows a refused CONNECT.
3.2.0-1 Sends CONNACK before any other packet.
3.2.2-1 Reports no session after a clean start.
3.2.2-2 Reports the session when it resumes one.
3.2.2-3 Reports no session when it begins one.
3.2.2-4 Reports no session with a return code that refuses.
3.2.2-5 Closes after a return code that refuses.
3.2.2-6 Closes without CONNACK if no return code fits.
3.3.1-1 Sets DUP when it sends a PUBLISH again.
3.3.1-2 Never sets DUP with QoS 0, and closes a connection that does.
3.3.1-3 Sets DUP whatever DUP the publisher had set.
3.3.1-4 Closes a connection that sends QoS 3.
3.3.1-5 Keeps the last retained message of a topic, but not its QoS: it is sent with the QoS that is granted.
3.3.1-6 Sends the retained message of each topic that a new subscription matches.
3.3.1-7 Replaces a retained message by a later one with QoS 0, too.
3.3.1-8 Sets RETAIN for what it sends because of a new subscription.
3.3.1-9 Doesn’t set RETAIN for subscriptions that exist.
3.3.1-10 Removes the retained message for an empty one, which it delivers as any other.
3.3.1-11 Keeps no empty retained message.
3.3.1-12 Leaves retained messages alone if RETAIN is not set.
3.3.2-1 Closes if the topic of a PUBLISH is not UTF-8.
3.3.2-2 Closes if the topic of a PUBLISH has a wildcard.
3.3.2-3 Sends the topic that was published, which matches the filter.
3.3.4-1 Answers a PUBLISH as its QoS asks.
3.3.5-1 Sends the highest QoS of overlapping subscriptions.
3.3.5-2 Acknowledges a PUBLISH that isn’t permitted, and drops it.
3.6.1-1 Closes if PUBREL has other flags than 2.
3.8.1-1 Closes if SUBSCRIBE has other flags than 2.
3.8.3-1 Closes if a filter is not UTF-8.
3.8.3-2 Supports wildcards.
3.8.3-3 Closes if a SUBSCRIBE has no filter.
3.8.3-4 Closes if reserved bits of the QoS byte are set, or for QoS 3.
3.8.4-1 Answers SUBSCRIBE with SUBACK.
3.8.4-2 Answers SUBSCRIBE with its packet id.
3.8.4-3 Replaces the subscription of the same filter, sends retained messages again and loses none.
3.8.4-4 Takes several filters as several packets, with one SUBACK.
3.8.4-5 Answers with a return code for each filter.
3.8.4-6 Sends the lower QoS of message and subscription; retained messages with that of the subscription.
3.9.3-1 Answers with return codes in the order of the filters.
3.9.3-2 Uses the return codes 0, 1, 2 and 0x80.
3.10.1-1 Closes if UNSUBSCRIBE has other flags than 2.
3.10.3-1 Closes if a filter of UNSUBSCRIBE is not UTF-8.
3.10.3-2 Closes if an UNSUBSCRIBE has no filter.
3.10.4-1 Ends the subscription whose filter is equal, character by character.
3.10.4-2 Delivers no new message of a subscription that has ended.
3.10.4-3 Completes messages with QoS 1 and 2 that it has begun to send.
3.10.4-4 Answers UNSUBSCRIBE with UNSUBACK and its packet id.
3.10.4-5 Answers even if no subscription ends.
3.10.4-6 Takes several filters as several packets, with one UNSUBACK.
3.12.4-1 Answers PINGREQ with PINGRESP.
3.14.1-1 Closes if DISCONNECT has flags; the will is published.
3.14.4-1 Closes after a DISCONNECT.
3.14.4-2 Processes nothing that follows a DISCONNECT.
3.14.4-3 Forgets the will after a DISCONNECT.
4.1.0-1 Keeps the state of a session as long as the session.
4.1.0-2 Keeps a session as long as its connection.
4.2.0-1 Serves TCP, TLS and WebSocket.
4.3.1-1 Sends QoS 0 without DUP.
4.3.2-1 Sends QoS 1 with an id that is free, without DUP, and keeps it until PUBACK.
4.3.2-2 Answers QoS 1 with PUBACK; the same id is a new message then.
4.3.3-1 Sends QoS 2 with an id that is free, keeps it until PUBREC, then PUBREL until PUBCOMP.
4.3.3-2 Answers QoS 2 with PUBREC and PUBREL with PUBCOMP; delivers once in between.
4.4.0-1 Sends PUBLISH and PUBREL again after a reconnect, with their ids, and at no other time.
4.5.0-1 Adds a message to the sessions with matching subscriptions.
4.6.0-5 Keeps the order of each topic.
4.6.0-6 Sends messages of one topic and QoS in the order in which a client published them.
4.7.1-1 Closes if a topic has a wildcard.
4.7.1-2 Refuses "#" except alone or after "/", at the end.
4.7.1-3 Refuses "+" except as a whole level.
4.7.2-1 Matches no topic that begins with "$" to a filter that begins with a wildcard.
4.7.3-1 Refuses empty topics and filters.
4.7.3-2 Closes if a topic or filter has U+0000.
4.7.3-3 Refuses topics and filters that are longer than its limits, which are below 65,535 bytes.
4.7.3-4 Compares topics and filters byte by byte.
4.8.0-1 Closes after a violation of the protocol.
4.8.0-2 Closes if a broker is down.|No broker fails here; other tests of the gateway end brokers.
6.0.0-1 Sends binary frames, and closes if it receives text.
6.0.0-2 Takes packets that are split or joined over frames.
6.0.0-3 Refuses a handshake that doesn’t offer "mqtt" (or "mqttv3.1").
6.0.0-4 Answers with the subprotocol "mqtt".
7.0.0-1 Conforms as a client of MQTT brokers, too.|The connections to brokers have tests of their own.
7.0.0-2 Needs no extension.
7.1.1-1 Supports TCP.
`
