import type { ReadStream, WriteStream } from 'node:tty'
import { paint, showsColors } from './paint.js'
import { painted, type ScreenLine } from './screen-line.js'

/** A terminal that shows lines in place, until the user quits. */
export interface LiveScreen {
  /** Shows these lines instead of those before. */
  show(lines: readonly ScreenLine[]): void
  /** Restores the terminal. */
  close(): void
}

export interface LiveScreenPorts {
  readonly output: Pick<WriteStream, 'write' | 'on' | 'off' | 'columns' | 'rows' | 'isTTY'>
  readonly input: Pick<ReadStream, 'on' | 'off' | 'isTTY' | 'setRawMode' | 'resume' | 'pause'>
  /** The user has pressed q or Ctrl-C. */
  onQuit(): void
}

// The second screen of the terminal, so that the first one is unchanged afterwards.
const [enter, leave] = ['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l']
const ctrlC = '\u0003'
const [home, restOfLine, restOfScreen] = ['\u001b[H', '\u001b[K', '\u001b[J']

/** Takes over a terminal. */
export function liveScreen({ output, input, onQuit }: LiveScreenPorts): LiveScreen {
  const colors = paint(showsColors(output))
  let lines: readonly ScreenLine[] = []
  let isOpen = true
  const draw = (): void => {
    // A line fewer than the terminal has: the last one would scroll it.
    const shown = lines.slice(0, Math.max(1, (output.rows || 24) - 1))
    const text = shown.map((line) => `${painted(line, colors, output.columns || 80)}${restOfLine}\r\n`)
    output.write(`${home}${text.join('')}${restOfScreen}`)
  }
  const onKey = (keys: Buffer): void => {
    if (['q', 'Q', ctrlC].some((key) => keys.includes(key))) onQuit()
  }
  output.write(enter)
  output.on('resize', draw)
  if (input.isTTY) {
    input.setRawMode(true)
    input.on('data', onKey)
    input.resume()
  }
  return {
    show(now) {
      lines = now
      if (isOpen) draw()
    },
    close() {
      if (!isOpen) return
      isOpen = false
      output.off('resize', draw)
      if (input.isTTY) {
        input.off('data', onKey)
        input.setRawMode(false)
        input.pause()
      }
      output.write(leave)
    },
  }
}
