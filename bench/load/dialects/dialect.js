/**
 * A server's protocol. Subjects and patterns are written as in Wildcast: `a.b`, `a.*`, `a.>`.
 * @typedef {object} Dialect
 * @property {string} path
 * @property {string} [publishPath] Path for publishers, if it differs.
 * @property {string} [protocol] The WebSocket subprotocol.
 * @property {'text' | 'binary'} kind The type of sent frames.
 * @property {(options?: { confirmed?: boolean }) => readonly Step[]} open The first steps of a
 * client; a publisher may request confirmations.
 * @property {(patterns: readonly string[]) => readonly Step[]} subscribe
 * @property {(subject: string, payload: string, ref?: number) => string | Uint8Array} publish A
 * publish with a `ref` is confirmed.
 * @property {{ text: Buffer, length: number }} [confirmation] Occurs once in each confirmation of a
 * publish.
 * @property {Requests} [requests]
 *
 * @typedef {object} Requests
 * @property {readonly Step[]} serve The steps of the responder.
 * @property {(requester: number) => readonly Step[]} begin The first steps of a requester.
 * @property {(requester: number, ref: number, payload: string) => string | Uint8Array} ask
 * @property {RegExp} requestPattern Finds a request in the responder's input, as Latin-1: `to` is
 * the address of the answer, `stamp` the beginning of the payload.
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
