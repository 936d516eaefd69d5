/**
 * How a server is spoken to. Subjects and patterns are written as Wildcast does: `a.b`, `a.*`,
 * `a.>`.
 * @typedef {object} Dialect
 * @property {string} path
 * @property {string} [publishPath] Where publishers connect, if elsewhere.
 * @property {string} [protocol] The WebSocket subprotocol.
 * @property {'text' | 'binary'} kind Of the frames that are sent.
 * @property {(options?: { confirmed?: boolean }) => readonly Step[]} open What a client says first;
 * a publisher may ask for confirmations.
 * @property {(patterns: readonly string[]) => readonly Step[]} subscribe
 * @property {(subject: string, payload: string, ref?: number) => string | Uint8Array} publish With
 * a `ref` it is confirmed.
 * @property {{ text: Buffer, length: number }} [confirmation] What stands once in each confirmation
 * of a publish.
 * @property {Requests} [requests]
 *
 * @typedef {object} Requests
 * @property {readonly Step[]} serve What the one who answers says.
 * @property {(requester: number) => readonly Step[]} begin What a requester says first.
 * @property {(requester: number, ref: number, payload: string) => string | Uint8Array} ask
 * @property {RegExp} asked Finds a request in what comes to the one who answers, as Latin-1: `to`
 * is where the answer goes, `stamp` how the payload begins.
 * @property {(to: string, payload: string) => string | Uint8Array} answer
 *
 * @typedef {import('../connection.js').Step} Step
 */

import { mqtt } from './mqtt.js'
import { nats } from './nats.js'
import { raw } from './raw.js'
import { socketIo } from './socket-io.js'
import { wildcastJson } from './wildcast-json.js'
import { wildcastMsgpack } from './wildcast-msgpack.js'

/** @type {Record<string, Dialect>} */
export const dialects = {
  mqtt,
  nats,
  raw,
  'socket.io': socketIo,
  'wildcast-json': wildcastJson,
  'wildcast-msgpack': wildcastMsgpack,
}
