import { describe, expect, it } from 'vitest'
import { OwedAnswers } from './owed-answers.js'

interface Responder {
  readonly name: string
}

function openOwed() {
  const refused: string[] = []
  const owed = new OwedAnswers<Responder>(async (address, { name }) => refused.push(`${name} ${address}`))
  return { owed, refused }
}

describe('the answers that a responder owes', () => {
  it('are refused once and in order when it leaves, without those that it gave', async () => {
    const { owed, refused } = openOwed()
    const [sum, product] = [{ name: 'sum' }, { name: 'product' }]
    expect(owed.ask(sum, 'r.1')).toBe(true)
    expect(owed.ask(product, 'r.2')).toBe(true)
    expect(owed.ask(sum, 'r.3')).toBe(true)
    expect(owed.ask(sum, 'r.4')).toBe(true)
    owed.answered('r.1')
    owed.answered('unknown')
    await owed.leave(sum)
    expect(refused).toEqual(['sum r.3', 'sum r.4'])
    await owed.leave(sum)
    await owed.leave(product)
    expect(refused).toEqual(['sum r.3', 'sum r.4', 'product r.2'])
  })

  it('are refused at once if the request arrives after it has left', async () => {
    const { owed, refused } = openOwed()
    const [left, other] = [{ name: 'left' }, { name: 'other' }]
    await owed.leave(left)
    expect(owed.ask(left, 'r.1')).toBe(false)
    expect(owed.ask(left, undefined)).toBe(false)
    expect(owed.ask(other, 'r.2')).toBe(true)
    expect(refused).toEqual(['left r.1'])
  })

  it('do not include requests that want no answer', async () => {
    const { owed, refused } = openOwed()
    const responder = { name: 'sum' }
    expect(owed.ask(responder, undefined)).toBe(true)
    await owed.leave(responder)
    expect(refused).toEqual([])
  })

  it('are all refused when all responders leave, and leaving waits for the refusals', async () => {
    const refused: string[] = []
    const resolvers: (() => void)[] = []
    const owed = new OwedAnswers<Responder>(async (address) => {
      await new Promise<void>((resolve) => resolvers.push(resolve))
      refused.push(address)
    })
    for (const address of ['r.1', 'r.2']) owed.ask({ name: address }, address)
    const left = owed.leaveAll().then(() => refused.push('left'))
    for (const resolve of resolvers) resolve()
    await left
    expect(refused).toEqual(['r.1', 'r.2', 'left'])
  })

  it('are dropped if they can not be refused', async () => {
    const refused: string[] = []
    const owed = new OwedAnswers<Responder>(async (address) => {
      refused.push(address)
      throw new Error('the link is down')
    })
    const responder = { name: 's' }
    for (const address of ['r.1', 'r.2']) owed.ask(responder, address)
    await owed.leave(responder)
    expect(owed.ask(responder, 'r.3')).toBe(false)
    expect(refused).toEqual(['r.1', 'r.2', 'r.3'])
  })

  it('are limited to 10,000: the oldest are dropped', async () => {
    const { owed, refused } = openOwed()
    const responder = { name: 's' }
    for (let i = 0; i < 20_000; i++) owed.ask(responder, `r.${i}`)
    await owed.leave(responder)
    expect(refused).toHaveLength(10_000)
    expect(refused.at(-1)).toBe('s r.19999')
  })
})
