import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { liveScreen } from './live-screen.js'

function terminal() {
  const written: string[] = []
  const modes: boolean[] = []
  const write = (text: string) => written.push(text) > 0
  const setRawMode = (isRaw: boolean) => modes.push(isRaw)
  const output = Object.assign(new EventEmitter(), { columns: 10, rows: 4, isTTY: true, write })
  const input = Object.assign(new EventEmitter(), { isTTY: true, setRawMode, resume() {}, pause() {} })
  let quits = 0
  const screen = liveScreen({
    output: output as unknown as NodeJS.WriteStream,
    input: input as unknown as NodeJS.ReadStream,
    onQuit: () => {
      quits++
    },
  })
  return { screen, output, input, written, modes, quits: () => quits }
}

const lines = ['one', 'a line that is too long', 'three', 'four'].map((text) => ({ text }))

it('shows as many lines and characters as there is room for, and again after a resize', () => {
  const { screen, output, written } = terminal()
  screen.show(lines)
  expect(written.at(-1)).toBe('\u001b[Hone\u001b[K\r\na line th…\u001b[K\r\nthree\u001b[K\r\n\u001b[J')
  Object.assign(output, { columns: 6, rows: 2 })
  output.emit('resize')
  expect(written.at(-1)).toBe('\u001b[Hone\u001b[K\r\n\u001b[J')
})

it('quits with q and Ctrl-C, and restores the terminal once', () => {
  const { screen, output, input, written, modes, quits } = terminal()
  for (const key of ['q', 'x', '\u0003']) input.emit('data', Buffer.from(key))
  expect(quits()).toBe(2)
  screen.close()
  screen.close()
  screen.show(lines)
  output.emit('resize')
  expect(written).toEqual(['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l'])
  expect({ modes, left: input.listenerCount('data') }).toEqual({ modes: [true, false], left: 0 })
})
