import { type ClientFrame, lightJsonCodec } from '@wildcast/protocol/client'

/** Bytes after which frames wait for the next POST. */
const postBytes = 256 * 1024

interface Line {
  readonly text: string
  readonly number: number | undefined
}

/** Frames for one POST: a repeated one has the same. */
export interface Batch {
  readonly body: string
  /** Number of the first that counts; 1, which the relay has or awaits, if none does. */
  readonly from: number
}

/** Frames that wait for their POST. */
export class FrameQueue {
  readonly #lines: Line[] = []

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Encodes a frame now: one that can't be encoded throws here and stops nothing else. */
  push(frame: ClientFrame, number?: number): void {
    this.#lines.push({ text: lightJsonCodec.encode(frame) as string, number })
  }

  take(): Batch {
    const texts: string[] = []
    let from: number | undefined
    for (let bytes = 0; bytes < postBytes; ) {
      const line = this.#lines.shift()
      if (!line) break
      bytes += line.text.length
      texts.push(line.text)
      from ??= line.number
    }
    return { body: texts.join('\n'), from: from ?? 1 }
  }
}
