import { type ClientFrame, lightJsonCodec } from '@wildcast/protocol/client'

/** Bytes after which frames wait for the next POST. */
const postBytes = 256 * 1024

interface Line {
  readonly text: string
  readonly number: number | undefined
}

/** The frames of one POST, which is repeated unchanged. */
export interface Batch {
  readonly body: string
  /** Number of the first frame that counts; 1, which every relay accepts, if none does. */
  readonly from: number
}

/** Frames that wait for a POST. */
export class FrameQueue {
  readonly #lines: Line[] = []

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Encodes and queues a frame. Throws if it can't be encoded; other frames are not affected. */
  push(frame: ClientFrame, number?: number): void {
    this.#lines.push({ text: lightJsonCodec.encode(frame) as string, number })
  }

  /** Removes the next batch. */
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
