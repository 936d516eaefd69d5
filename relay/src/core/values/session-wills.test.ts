import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { SessionWills } from './session-wills.js'
import type { Will } from './wills.js'

it('the will of a later write stays if the earlier one is answered after it', () => {
  const fired: string[] = []
  const released: string[] = []
  const clock = fakeClock()
  const wills = new SessionWills({
    wills: { keep: () => {}, forget: () => {}, fire: async ({ revision }) => void fired.push(revision) },
    clock,
    mostBytes: 100,
  })
  const will = (revision: string): Will => ({
    ...{ broker: 'main', subject: parseSubject('a'), revision, payload: '', from: undefined },
    ...{ afterMs: 1000, kind: 'publish', lost: () => {} },
    lease: { name: 'r', isValid: true, release: () => released.push(revision) },
  })
  wills.add(will('2'))
  wills.add(will('1'))
  expect(released).toEqual(['1'])
  wills.end('left')
  expect(fired).toEqual(['2'])
})
