// The statements of MQTT 5.0 that concern a server, as in statements-3.ts.
const auth = 'Authentication methods are refused, so this never happens.'

export const statements5 = `
1.5.4-1 Closes a connection that sends text which is not UTF-8.
1.5.4-2 Closes a connection that sends U+0000 in text.
1.5.4-3 Keeps U+FEFF wherever it is in text, but refuses topics and filters with it.
1.5.5-1 Writes integers with as few bytes as possible, and refuses others.
1.5.7-1 Closes if the name or value of a user property is not UTF-8.
2.1.3-1 Sets reserved flags as the specification lists them, and closes if a client doesn’t.
2.2.1-2 Sends no packet id with QoS 0.
2.2.1-3 Closes a connection that sends the packet id 0.
2.2.1-4 Gives each message with QoS 1 or 2 that it sends a packet id that is not in use.
2.2.1-5 Answers a PUBLISH or PUBREL with its packet id.
2.2.1-6 Answers SUBSCRIBE and UNSUBSCRIBE with their packet ids.
2.2.2-1 Writes the length 0 if it sends no properties.
3.1.0-1 Closes a connection that begins with another packet than CONNECT.
3.1.0-2 Closes a connection that sends a second CONNECT.
3.1.2-1 Closes a connection with another protocol name.
3.1.2-2 Answers an unknown level with a code that refuses, and closes.
3.1.2-3 Closes if the reserved flag of CONNECT is set.
3.1.2-4 Ends the session before if the start is clean.
3.1.2-5 Resumes the session of the client id if the start is not clean.
3.1.2-6 Begins a session if the client id has no session.
3.1.2-7 Keeps the will with the session.
3.1.2-8 Publishes the will when the connection is closed and its delay or the session is over.
3.1.2-9 Refuses the flag of a will without its fields.
3.1.2-10 Forgets the will when it is published, or after DISCONNECT with reason 0.
3.1.2-11 Refuses the QoS of a will without its flag.
3.1.2-12 Takes wills with QoS 0, 1 and 2, and refuses 3.
3.1.2-13 Refuses RETAIN of a will without its flag.
3.1.2-14 Publishes the will without RETAIN if its flag is not set.
3.1.2-15 Publishes the will with RETAIN if its flag is set.
3.1.2-16 Refuses a user name without its flag.
3.1.2-17 Refuses the flag of a user name without one.
3.1.2-18 Refuses a password without its flag.
3.1.2-19 Refuses the flag of a password without one.
3.1.2-22 Closes after 1.5 times the keep-alive without a packet.
3.1.2-23 Keeps a session after its connection if it has an expiry above 0.
3.1.2-24 Sends no packet that is larger than the client accepts.
3.1.2-25 Leaves out a message that is too large, as if it were delivered.
3.1.2-26 Sends no topic alias above the maximum of the client.
3.1.2-27 Sends no topic alias if the client accepts none.
3.1.2-28 Sends no response information.
3.1.2-29 Sends a client that wants no problem information none, except with CONNACK, PUBLISH and DISCONNECT.
3.1.3-1 Reads client id, will, user name and password in this order.
3.1.3-2 Knows a session by its client id.
3.1.3-3 Reads the client id first.
3.1.3-4 Closes if the client id is not UTF-8.
3.1.3-5 Takes client ids of 1 to 23 letters and digits, and longer ones.
3.1.3-6 Gives a client without an id one that no other client has.
3.1.3-7 Sends it in CONNACK, and knows the client by it.
3.1.3-8 Closes if it refuses a client id.|Every client id is accepted.
3.1.3-9 Publishes no will if the client is back before its delay is over.
3.1.3-11 Closes if the topic of the will is not UTF-8.
3.1.3-12 Closes if the user name is not UTF-8.
3.1.4-1 Closes if CONNECT is malformed.
3.1.4-2 Closes if a client is not permitted.
3.1.4-3 Closes the connection that a client with the same id has, with reason 0x8E.
3.1.4-4 Resumes or ends sessions as the flag of CONNECT asks for.
3.1.4-5 Answers an accepted CONNECT with reason 0.
3.1.4-6 Processes nothing that follows a refused CONNECT.
3.2.0-1 Sends CONNACK before any other packet.
3.2.0-2 Sends one CONNACK.
3.2.2-1 Sends zeros in the reserved bits of CONNACK.
3.2.2-2 Reports no session after a clean start.
3.2.2-3 Reports whether the session is present if the start is not clean.
3.2.2-6 Reports no session with a reason that refuses.
3.2.2-7 Closes after a reason that refuses.
3.2.2-8 Uses the reasons of CONNACK.
3.2.2-9 Supports each QoS, so it announces no maximum.
3.2.2-10 Accepts subscriptions with each QoS.
3.2.2-12 Accepts wills with each QoS.
3.2.2-13 Accepts wills that are retained.
3.2.2-16 Gives a client without an id one that no session has.
3.2.2-19 Sends no reason that would make CONNACK larger than the client accepts.
3.2.2-20 Sends no user property with CONNACK.
3.2.2-22 Uses the keep-alive of the client if it sends none.
3.3.1-1 Sets DUP when it sends a PUBLISH again.
3.3.1-2 Never sets DUP with QoS 0, and closes a connection that does.
3.3.1-3 Sets DUP whatever DUP the publisher had set.
3.3.1-4 Closes a connection that sends QoS 3.
3.3.1-5 Keeps the last retained message of a topic.
3.3.1-6 Removes the retained message for an empty one.
3.3.1-7 Keeps no empty retained message.
3.3.1-8 Leaves retained messages alone if RETAIN is not set.
3.3.1-9 Sends retained messages with each SUBSCRIBE if retain handling is 0; never to shares.
3.3.1-10 Sends retained messages to new subscriptions only if it is 1.
3.3.1-11 Sends no retained messages if it is 2.
3.3.1-12 Doesn’t set RETAIN for subscriptions that exist.
3.3.1-13 Sends RETAIN as it was published if the subscription asks for it.
3.3.2-1 Closes if the topic of a PUBLISH is not UTF-8.
3.3.2-2 Closes if the topic of a PUBLISH has a wildcard.
3.3.2-3 Sends the topic that was published, which matches the filter.
3.3.2-4 Passes on the payload format.
3.3.2-5 Drops a message that has expired before it is sent.
3.3.2-6 Sends what is left of the expiry.
3.3.2-7 Forgets topic aliases with the connection.
3.3.2-8 Closes if a topic alias is 0, and sends none.
3.3.2-11 Sends no topic alias above the maximum of the client.
3.3.2-12 Accepts topic aliases up to the maximum that it announces.
3.3.2-13 Closes if the response topic is not UTF-8.
3.3.2-14 Closes if the response topic has a wildcard.
3.3.2-15 Passes on the response topic, except with retained messages.
3.3.2-16 Passes on the correlation data.
3.3.2-17 Passes on all user properties, within its limits.
3.3.2-18 Keeps the order of user properties.
3.3.2-19 Closes if the content type is not UTF-8.
3.3.2-20 Passes on the content type.
3.3.4-1 Answers a PUBLISH as its QoS asks.
3.3.4-2 Sends the highest QoS of overlapping subscriptions.
3.3.4-3 Sends the subscription ids of overlapping subscriptions.
3.3.4-4 Sends them all if it sends one copy.
3.3.4-5 Sends the one of each subscription if it sends several copies.
3.3.4-6 Closes if a client sends a subscription id with a PUBLISH.
3.3.4-7 Closes, with reason 0x93, if a client sends more messages than its receive maximum.
3.3.4-8 Answers other packets while messages are unfinished.
3.3.4-9 Sends no more unfinished messages than the receive maximum of the client.
3.3.4-10 Sends other packets meanwhile.
3.4.2-1 Uses the reasons of PUBACK.
3.4.2-2 Sends no reason that would make PUBACK too large.
3.4.2-3 Sends no user property with PUBACK.
3.5.2-1 Uses the reasons of PUBREC.
3.5.2-2 Sends no reason that would make PUBREC too large.
3.5.2-3 Sends no user property with PUBREC.
3.6.1-1 Closes if PUBREL has other flags than 2.
3.6.2-1 Uses the reasons of PUBREL.
3.6.2-2 Sends no reason with PUBREL.
3.6.2-3 Sends no user property with PUBREL.
3.7.2-1 Uses the reasons of PUBCOMP.
3.7.2-2 Sends no reason that would make PUBCOMP too large.
3.7.2-3 Sends no user property with PUBCOMP.
3.8.1-1 Closes if SUBSCRIBE has other flags than 2.
3.8.3-1 Closes if a filter is not UTF-8.
3.8.3-2 Closes if a SUBSCRIBE has no filter.
3.8.3-3 Sends a client nothing of its own with No Local.
3.8.3-4 Closes if No Local is set for a shared subscription.
3.8.3-5 Closes if reserved bits of the options are set.
3.8.4-1 Answers SUBSCRIBE with SUBACK.
3.8.4-2 Answers SUBSCRIBE with its packet id.
3.8.4-3 Replaces the subscription of the same filter.
3.8.4-4 Sends retained messages again with retain handling 0, and loses no message.
3.8.4-5 Takes several filters as several packets, with one SUBACK.
3.8.4-6 Answers with a reason for each filter.
3.8.4-7 Answers with the QoS that it grants, or a reason that refuses.
3.8.4-8 Sends the lower QoS of message and subscription; retained messages with that of the subscription.
3.9.2-1 Sends no reason that would make SUBACK too large.
3.9.2-2 Sends no user property with SUBACK.
3.9.3-1 Answers with reasons in the order of the filters.
3.9.3-2 Uses the reasons of SUBACK.
3.10.1-1 Closes if UNSUBSCRIBE has other flags than 2.
3.10.3-1 Closes if a filter of UNSUBSCRIBE is not UTF-8.
3.10.3-2 Closes if an UNSUBSCRIBE has no filter.
3.10.4-1 Ends the subscription whose filter is equal, character by character.
3.10.4-2 Delivers no new message of a subscription that has ended.
3.10.4-3 Completes messages with QoS 1 and 2 that it has begun to send.
3.10.4-4 Answers UNSUBSCRIBE with UNSUBACK.
3.10.4-5 Answers with its packet id, even if no subscription ends.
3.10.4-6 Takes several filters as several packets, with one UNSUBACK.
3.11.2-1 Sends no reason that would make UNSUBACK too large.
3.11.2-2 Sends no user property with UNSUBACK.
3.11.3-1 Answers with reasons in the order of the filters.
3.11.3-2 Uses the reasons of UNSUBACK.
3.12.4-1 Answers PINGREQ with PINGRESP.
3.14.0-1 Sends no DISCONNECT before a CONNACK that accepts.
3.14.1-1 Closes, with reason 0x81, if DISCONNECT has flags.
3.14.2-1 Uses the reasons of DISCONNECT.
3.14.2-2 Sends no session expiry with DISCONNECT.
3.14.2-3 Sends no reason that would make DISCONNECT too large.
3.14.2-4 Sends no user property with DISCONNECT.
3.14.4-1 Sends nothing after DISCONNECT.
3.14.4-2 Closes after DISCONNECT.
3.14.4-3 Forgets the will after a DISCONNECT with reason 0.
3.15.1-1 Closes if AUTH has flags.
3.15.2-1 Sends no AUTH.|${auth}
3.15.2-2 Sends no AUTH.|${auth}
3.15.2-3 Sends no AUTH.|${auth}
4.1.0-1 Keeps a session as long as its connection.
4.1.0-2 Ends a session when it has expired.
4.2-1 Serves TCP, TLS and WebSocket.
4.3.1-1 Sends QoS 0 without DUP.
4.3.2-1 Gives a message with QoS 1 an id that is free.
4.3.2-2 Sends QoS 1 without DUP at first.
4.3.2-3 Keeps a message with QoS 1 until PUBACK.
4.3.2-4 Answers QoS 1 with PUBACK.
4.3.2-5 Takes the same id after PUBACK as a new message.
4.3.3-1 Gives a message with QoS 2 an id that is free.
4.3.3-2 Sends QoS 2 without DUP at first.
4.3.3-3 Keeps a message with QoS 2 until PUBREC.
4.3.3-4 Answers PUBREC with PUBREL.
4.3.3-5 Keeps PUBREL until PUBCOMP.
4.3.3-6 Doesn’t send the PUBLISH again after PUBREL.
4.3.3-7 Lets no message expire that it has sent.
4.3.3-8 Answers QoS 2 with PUBREC.
4.3.3-9 Takes the same id after a refusing PUBREC as a new message.
4.3.3-10 Answers the same id before PUBREL with PUBREC, and delivers once.
4.3.3-11 Answers PUBREL with PUBCOMP.
4.3.3-12 Takes the same id after PUBCOMP as a new message.
4.3.3-13 Completes QoS 2 though the message has expired.
4.4.0-1 Sends PUBLISH and PUBREL again after a reconnect, with their ids, and at no other time.
4.4.0-2 Doesn’t send again what the client has refused.
4.5.0-1 Adds a message to the sessions with matching subscriptions.
4.6.0-1 Sends again in the order in which it had sent.
4.6.0-5 Sends messages of one topic and QoS in the order in which a client published them.
4.6.0-6 Keeps the order of each topic for subscriptions that are not shared.
4.7.0-1 Closes if a topic has a wildcard.
4.7.1-1 Refuses "#" except alone or after "/", at the end.
4.7.1-2 Refuses "+" except as a whole level.
4.7.2-1 Matches no topic that begins with "$" to a filter that begins with a wildcard.
4.7.3-1 Refuses empty topics and filters.
4.7.3-2 Closes if a topic or filter has U+0000.
4.7.3-3 Refuses topics and filters that are longer than its limits, which are below 65,535 bytes.
4.7.3-4 Compares topics and filters byte by byte.
4.8.2-1 Refuses a share without a name.
4.8.2-2 Refuses a share whose name has a wildcard, or without a filter.
4.8.2-3 Sends the QoS that it has granted to the client.
4.8.2-4 Completes a message with QoS 2 when the client is back.
4.8.2-5 Gives it to no other client.
4.8.2-6 Gives a message that a client refuses to no other one.
4.9.0-1 Begins with the receive maximum of the client.
4.9.0-2 Sends no message with QoS 1 or 2 while as many are unfinished.
4.9.0-3 Answers other packets meanwhile.
4.12.0-1 Refuses authentication methods with a reason, and closes.
4.12.0-2 Sends no AUTH.|${auth}
4.12.0-4 Refuses authentication methods.
4.12.0-5 Accepts no CONNECT with an authentication method.|${auth}
4.12.0-6 Sends neither AUTH nor an authentication method.
4.12.0-7 Closes if a client sends AUTH.
4.12.1-2 Closes if a client sends AUTH.|${auth}
4.13.1-1 Closes after a malformed packet or a protocol error, with the reason.
4.13.2-1 Closes after a reason that refuses.
6.0.0-1 Sends binary frames, and closes if it receives text.
6.0.0-2 Takes packets that are split or joined over frames.
6.0.0-3 Refuses a handshake that doesn’t offer "mqtt".
6.0.0-4 Answers with the subprotocol "mqtt".
`
