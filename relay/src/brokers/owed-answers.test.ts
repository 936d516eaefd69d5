import { describe, expect, it } from 'vitest'
import { OwedAnswers } from './owed-answers.js'

interface Server {
  readonly name: string
}

function ledger() {
  const refused: string[] = []
  const owed = new OwedAnswers<Server>(async (address, { name }) => refused.push(`${name} ${address}`))
  return { owed, refused }
}

describe('the answers that a server owes', () => {
  it('are refused when it leaves: those that it did not give, in order, and once', async () => {
    const { owed, refused } = ledger()
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

  it('are refused at once if the question comes after it has left', async () => {
    const { owed, refused } = ledger()
    const [left, other] = [{ name: 'left' }, { name: 'other' }]
    await owed.leave(left)
    expect(owed.ask(left, 'r.1')).toBe(false)
    expect(owed.ask(left, undefined)).toBe(false)
    expect(owed.ask(other, 'r.2')).toBe(true)
    expect(refused).toEqual(['left r.1'])
  })

  it('are none if nobody can be answered', async () => {
    const { owed, refused } = ledger()
    const server = { name: 'sum' }
    expect(owed.ask(server, undefined)).toBe(true)
    await owed.leave(server)
    expect(refused).toEqual([])
  })

  it('are all refused when all leave, and each that leaves waits for its refusals', async () => {
    const refused: string[] = []
    const going: (() => void)[] = []
    const owed = new OwedAnswers<Server>(async (address) => {
      await new Promise<void>((resolve) => going.push(resolve))
      refused.push(address)
    })
    for (const address of ['r.1', 'r.2']) owed.ask({ name: address }, address)
    const left = owed.leaveAll().then(() => refused.push('left'))
    for (const go of going) go()
    await left
    expect(refused).toEqual(['r.1', 'r.2', 'left'])
  })

  it('are given up if they can not be refused', async () => {
    const refused: string[] = []
    const owed = new OwedAnswers<Server>(async (address) => {
      refused.push(address)
      throw new Error('the link is down')
    })
    const server = { name: 's' }
    for (const address of ['r.1', 'r.2']) owed.ask(server, address)
    await owed.leave(server)
    expect(owed.ask(server, 'r.3')).toBe(false)
    expect(refused).toEqual(['r.1', 'r.2', 'r.3'])
  })

  it('are bounded: the oldest are forgotten', async () => {
    const { owed, refused } = ledger()
    const server = { name: 's' }
    for (let i = 0; i < 20_000; i++) owed.ask(server, `r.${i}`)
    await owed.leave(server)
    expect(refused).toHaveLength(10_000)
    expect(refused.at(-1)).toBe('s r.19999')
  })
})
