import { connect } from 'node:net'
import { frame } from './frame.js'

/**
 * Room for bytes of an earlier read, which a reader may put before the new ones to join a message
 * that was cut.
 */
export const front = 64
const room = Buffer.alloc(front + 256 * 1024)
// All sockets read into the same memory: the bytes of one read are handled before the next read.
const readInto = room.subarray(front)
const setUpTimeoutMs = 30_000

/**
 * @typedef {object} Step A payload to send while a connection is set up, and the answer to wait
 * for.
 * @property {string | Uint8Array} send
 * @property {string} [expect] Latin-1
 *
 * @typedef {object} Address
 * @property {number} port
 * @property {string} path
 * @property {string} [protocol] The WebSocket subprotocol.
 * @property {'text' | 'binary'} kind The type of sent frames.
 *
 * @typedef {(bytes: Buffer, end: number) => void} OnBytes Handles read bytes: from `front` to
 * `end`.
 */

/**
 * A minimal WebSocket for a load generator: it sends frames, and passes received bytes on unparsed.
 */
export class Connection {
  closed = false
  #kind
  #socket
  #reading = true
  #received = ''
  #check = () => {}
  /** @type {OnBytes} */
  #onBytes = (bytes, end) => {
    this.#received += bytes.latin1Slice(front, end)
    this.#check()
  }

  /** @param {Pick<Address, 'port' | 'kind'>} address */
  constructor({ port, kind }) {
    this.#kind = kind
    const callback = (length) => {
      this.#onBytes(room, front + length)
      return this.#reading
    }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: readInto, callback } })
    this.#socket.on('close', () => {
      this.closed = true
      this.#check()
    })
    // 'close' follows.
    this.#socket.on('error', () => {})
  }

  /** @param {Address} address */
  async handshake({ port, path, protocol }) {
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `${protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
    )
    const [status = ''] = (await this.#waitFor('\r\n\r\n')).split('\r\n')
    if (!status.startsWith('HTTP/1.1 101')) throw new Error(`the server refused the handshake: ${status}`)
  }

  /** @param {readonly Step[]} steps */
  async run(steps) {
    for (const { send, expect } of steps) {
      if (send.length > 0) this.send(send)
      if (expect !== undefined) await this.#waitFor(expect)
    }
  }

  /** @param {string | Uint8Array} payload */
  send(payload) {
    this.#socket.write(frame(payload, this.#kind))
  }

  /** @param {readonly Buffer[]} frames Written at once. */
  write(frames) {
    this.#socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames))
  }

  /** Passes all further bytes to a handler. @param {OnBytes} onBytes */
  listen(onBytes) {
    this.#onBytes = onBytes
    this.#received = ''
  }

  /**
   * Reads once in `everyMs` from now on, as over a bad network; without it never, as in a program
   * that hangs.
   */
  readSeldom(everyMs) {
    this.#reading = false
    this.#socket.pause()
    if (everyMs === undefined) return
    const readOn = () => {
      if (this.closed) return
      this.#socket.resume()
      setTimeout(readOn, everyMs)
    }
    // Spread out: all at once would block this process, and the measurement would blame the server.
    setTimeout(readOn, Math.random() * everyMs)
  }

  /**
   * Waits for a text, and resolves with the text before it.
   * @returns {Promise<string>}
   */
  #waitFor(wanted) {
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        clearTimeout(late)
        this.#check = () => {}
        settle(value)
      }
      const fail = (why) => end(reject, new Error(`${why} "${this.#received}"`))
      const late = setTimeout(() => fail(`nothing like "${wanted}" came, but`), setUpTimeoutMs)
      this.#check = () => {
        const [before = '', ...after] = this.#received.split(wanted)
        if (after.length > 0) {
          this.#received = after.join(wanted)
          end(resolve, before)
        } else if (this.closed) fail('the server closed the connection after')
      }
      this.#check()
    })
  }
}

/** @param {Address} address */
export async function openConnection(address) {
  const connection = new Connection(address)
  await connection.handshake(address)
  return connection
}
