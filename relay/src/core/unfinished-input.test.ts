import { expect, it } from 'vitest'
import { UnfinishedInput } from './unfinished-input.js'

function senders(input: UnfinishedInput, names: string): { sends(name: string, bytes: number): void; ended: string[] } {
  const ended: string[] = []
  const all = new Map([...names].map((name) => [name, { cutOff: () => ended.push(name) }]))
  return { ended, sends: (name, bytes) => input.hold(all.get(name) as { cutOff(): void }, bytes) }
}

it('cuts off the senders whose messages began first when all are too much', () => {
  const { ended, sends } = senders(new UnfinishedInput(100), 'abc')
  sends('a', 40)
  sends('b', 40)
  sends('c', 20)
  expect(ended).toEqual([])
  sends('c', 30)
  expect(ended).toEqual(['a'])
  sends('b', 80)
  expect(ended).toEqual(['a', 'b'])
})

it('forgets complete messages: a new one of the same sender began later', () => {
  const { ended, sends } = senders(new UnfinishedInput(100), 'ab')
  sends('a', 60)
  sends('b', 40)
  sends('a', 0)
  sends('a', 60)
  expect(ended).toEqual([])
  sends('a', 70)
  expect(ended).toEqual(['b'])
})

it('cuts off a sender whose own message is too much', () => {
  const { ended, sends } = senders(new UnfinishedInput(100), 'a')
  sends('a', 101)
  expect(ended).toEqual(['a'])
})

it('cuts off 64 senders at once, the others with the next bytes', () => {
  const input = new UnfinishedInput(100_000)
  let ended = 0
  for (let i = 0; i < 100_000; i++) input.hold({ cutOff: () => void ended++ }, 1)
  const large = { cutOff: () => {} }
  for (let bytes = 100_000, before = 0; ended < 100_000; bytes += 1, before = ended) {
    input.hold(large, bytes)
    expect(ended - before).toBeLessThanOrEqual(64)
    expect(ended).toBeGreaterThan(before)
  }
})
