import { type ClientFrame, lightJsonCodec } from '@wildcast/protocol/client'

/** Bytes after which frames wait for the next POST. */
const postBytes = 256 * 1024

interface Line {
  readonly text: string
  /** Whether the relay counts it. */
  readonly counts: boolean
}

/** Frames for one POST: a repeated one has the same. */
export interface Batch {
  readonly body: string
  /** How many of them the relay counts. */
  readonly counted: number
}

/** Frames that wait for their POST. */
export class FrameQueue {
  readonly #lines: Line[] = []

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Encodes a frame now: one that can't be encoded throws here and stops nothing else. */
  push(frame: ClientFrame): void {
    const counts = frame.kind !== 'Pong' && frame.kind !== 'Received'
    this.#lines.push({ text: lightJsonCodec.encode(frame) as string, counts })
  }

  take(): Batch {
    const texts: string[] = []
    let counted = 0
    for (let bytes = 0; bytes < postBytes; ) {
      const line = this.#lines.shift()
      if (!line) break
      bytes += line.text.length
      texts.push(line.text)
      if (line.counts) counted++
    }
    return { body: texts.join('\n'), counted }
  }
}
