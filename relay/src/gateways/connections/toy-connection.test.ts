import { factsOf } from '@wildcast/protocol'
import { connectionContract, type OpenConnection } from './connection.contract.js'
import type { ClientConnection, Dialect } from './connection.js'

// A connection in full, inside the process.

const open: OpenConnection = async (dialectOf) => {
  let written = ''
  let over = false
  let [pauses, left] = [0, false]
  let kept: string[] = []
  let endWith = (_code: number): void => {}
  const ended = new Promise<number>((resolve) => {
    endWith = resolve
  })
  let dialect: Dialect | undefined
  const connection: ClientConnection = {
    waiting: 0,
    write(bytes, done) {
      if (!over) written += new TextDecoder().decode(bytes)
      done?.(!over)
      return true
    },
    whenDrained: (run) => run(),
    ping: () => {},
    get paused() {
      return pauses > 0
    },
    pause() {
      pauses++
      let paused = true
      return () => {
        if (paused) pauses--
        paused = false
        if (pauses > 0) return
        for (const message of kept) dialect?.receive(message)
        kept = []
      }
    },
    end(error) {
      over = true
      endWith(factsOf(error.code).close)
    },
  }
  dialect = dialectOf(connection)
  return {
    ended,
    get text() {
      return written
    },
    send(message) {
      if (pauses > 0) kept.push(message)
      else dialect?.receive(message)
    },
    leave() {
      if (!left) dialect?.close()
      left = true
    },
  }
}

connectionContract('a connection inside the process', { open, framed: (text) => new TextEncoder().encode(text) })
