import { connect } from 'node:net'
import { frame } from './frame.js'

/** Bytes that a reader may put before what has just been read, to have a message that was cut in one piece. */
export const front = 64
const room = Buffer.alloc(front + 256 * 1024)
// All sockets read into the same memory: what one has read is handled before the next one reads.
const readInto = room.subarray(front)
const setUpTimeoutMs = 30_000

/**
 * @typedef {object} Step Something to say while a connection is set up, and what to wait for then.
 * @property {string | Uint8Array} send
 * @property {string} [expect] Latin-1
 * @property {number} [times] How often it must come. 1 by default.
 */

/**
 * @typedef {object} Address
 * @property {number} port
 * @property {string} path
 * @property {string} [protocol] The WebSocket subprotocol.
 * @property {'text' | 'binary'} kind Of the frames that are sent.
 */

/**
 * A WebSocket of which only as much exists as a load generator needs: it says frames, and gives the bytes that come as they are.
 * @param {Address} address
 */
export async function openConnection({ port, path, protocol, kind }) {
  let heard = ''
  let look = () => {}
  /** @type {(bytes: Buffer, end: number) => void} */
  let take = (bytes, end) => {
    heard += bytes.latin1Slice(front, end)
    look()
  }
  let reading = true
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: readInto,
      callback(length) {
        take(room, front + length)
        return reading
      },
    },
  })
  const connection = {
    closed: false,
    /** @param {string | Uint8Array} payload */
    send: (payload) => void socket.write(frame(payload, kind)),
    /** @param {readonly Buffer[]} frames Written at once. */
    write: (frames) => void socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames)),
    /** @param {readonly Step[]} steps */
    async run(steps) {
      for (const { send, expect, times = 1 } of steps) {
        if (send.length > 0) connection.send(send)
        for (let i = 0; expect !== undefined && i < times; i++) await hear(expect)
      }
    },
    /** From now on `reader` is given what comes: it begins at `front`, and ends at `end`. @param {typeof take} reader */
    listen(reader) {
      take = reader
      heard = ''
    },
    /** Reads no more, as a program that hangs. */
    stopReading() {
      reading = false
      socket.pause()
    },
    close: () => void socket.destroy(),
  }
  socket.on('close', () => {
    connection.closed = true
    look()
  })
  // What it means is told by 'close'.
  socket.on('error', () => {})

  /** Waits until the other side has said this, and gives what came before it. */
  function hear(wanted) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => end(reject, new Error(`nothing like "${wanted}" came, but "${heard}"`)),
        setUpTimeoutMs,
      )
      const end = (settle, value) => {
        clearTimeout(late)
        look = () => {}
        settle(value)
      }
      look = () => {
        const at = heard.indexOf(wanted)
        if (at !== -1) {
          const before = heard.slice(0, at)
          heard = heard.slice(at + wanted.length)
          end(resolve, before)
        } else if (connection.closed) end(reject, new Error(`the server closed the connection after "${heard}"`))
      }
      look()
    })
  }

  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      `${protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
  )
  const head = await hear('\r\n\r\n')
  if (!head.startsWith('HTTP/1.1 101')) throw new Error(`the server refused the handshake: ${head.split('\r\n')[0]}`)
  return connection
}

/** @typedef {Awaited<ReturnType<typeof openConnection>>} Connection */
