import { connect } from 'node:net'
import { frame } from './frame.js'

/**
 * Bytes that a reader may put before what has just been read, to have a message that was cut in one
 * piece.
 */
export const front = 64
const room = Buffer.alloc(front + 256 * 1024)
// All sockets read into the same memory: what one has read is handled before the next one reads.
const readInto = room.subarray(front)
const setUpTimeoutMs = 30_000

/**
 * @typedef {object} Step Something to say while a connection is set up, and what to wait for then.
 * @property {string | Uint8Array} send
 * @property {string} [expect] Latin-1
 *
 * @typedef {object} Address
 * @property {number} port
 * @property {string} path
 * @property {string} [protocol] The WebSocket subprotocol.
 * @property {'text' | 'binary'} kind Of the frames that are sent.
 *
 * @typedef {(bytes: Buffer, end: number) => void} Take Is given what was read: it begins at
 * `front`, and ends at `end`.
 */

/**
 * A WebSocket of which only as much exists as a load generator needs: it says frames, and gives the
 * bytes that come as they are.
 */
export class Connection {
  closed = false
  #kind
  #socket
  #reading = true
  #heard = ''
  #look = () => {}
  /** @type {Take} */
  #take = (bytes, end) => {
    this.#heard += bytes.latin1Slice(front, end)
    this.#look()
  }

  /** @param {Pick<Address, 'port' | 'kind'>} address */
  constructor({ port, kind }) {
    this.#kind = kind
    const callback = (length) => {
      this.#take(room, front + length)
      return this.#reading
    }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: readInto, callback } })
    this.#socket.on('close', () => {
      this.closed = true
      this.#look()
    })
    // What it means is told by 'close'.
    this.#socket.on('error', () => {})
  }

  /** @param {Address} address */
  async shakeHands({ port, path, protocol }) {
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `${protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
    )
    const [status = ''] = (await this.#hear('\r\n\r\n')).split('\r\n')
    if (!status.startsWith('HTTP/1.1 101')) throw new Error(`the server refused the handshake: ${status}`)
  }

  /** @param {readonly Step[]} steps */
  async run(steps) {
    for (const { send, expect } of steps) {
      if (send.length > 0) this.send(send)
      if (expect !== undefined) await this.#hear(expect)
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

  /** From now on this is given what comes. @param {Take} take */
  listen(take) {
    this.#take = take
    this.#heard = ''
  }

  /**
   * From now on it reads once in so many milliseconds, as over a bad network; or never, as a
   * program that hangs.
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
    // Each at a moment of its own: all at once would hold up this process, and be measured as the
    // server's.
    setTimeout(readOn, Math.random() * everyMs)
  }

  /**
   * Waits until the other side has said this, and gives what came before it. @returns
   * {Promise<string>}
   */
  #hear(wanted) {
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        clearTimeout(late)
        this.#look = () => {}
        settle(value)
      }
      const fail = (why) => end(reject, new Error(`${why} "${this.#heard}"`))
      const late = setTimeout(() => fail(`nothing like "${wanted}" came, but`), setUpTimeoutMs)
      this.#look = () => {
        const [before = '', ...after] = this.#heard.split(wanted)
        if (after.length > 0) {
          this.#heard = after.join(wanted)
          end(resolve, before)
        } else if (this.closed) fail('the server closed the connection after')
      }
      this.#look()
    })
  }
}

/** @param {Address} address */
export async function openConnection(address) {
  const connection = new Connection(address)
  await connection.shakeHands(address)
  return connection
}
