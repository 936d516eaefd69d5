import { describe, expect, it } from 'vitest'
import { mergePages, type Page, pageOf, type SubscriptionInfo, subscriptionKey } from './listing.js'

const keyOf = (text: string): string => text
const shuffled = ['d', 'a', 'e', 'c', 'b']

/** Reads all pages of a list, one after the other. */
function read(pageAfter: (after: string | undefined) => Page<string>): readonly (readonly string[])[] {
  const pages: (readonly string[])[] = []
  for (let next: string | undefined, more = true; more; more = next !== undefined) {
    const page = pageAfter(next)
    pages.push(page.items)
    next = page.next
  }
  return pages
}

describe('pages of a list', () => {
  it.each([
    [1, [['a'], ['b'], ['c'], ['d'], ['e']]],
    [2, [['a', 'b'], ['c', 'd'], ['e']]],
    [5, [['a', 'b', 'c', 'd', 'e']]],
    [9, [['a', 'b', 'c', 'd', 'e']]],
  ])('of %i have every item once, in order', (limit, pages) => {
    expect(read((after) => pageOf(shuffled, keyOf, { limit, after }))).toEqual(pages)
    expect(pageOf(shuffled, keyOf, { limit }).total).toBe(5)
  })

  it('of an empty list are one empty page', () => {
    expect(pageOf([], keyOf, { limit: 1 })).toEqual({ items: [], total: 0 })
  })

  it.each([1, 2, 3, 4, 9])('of several relays are joined without a gap: %i at once', (limit) => {
    const relays = [['d', 'a'], ['e', 'c'], ['b'], []]
    const pages = read((after) =>
      mergePages(
        relays.map((items) => pageOf(items, keyOf, { limit, after })),
        keyOf,
        { limit },
      ),
    )
    expect(pages.flat()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('join the sessions of a subscription that several relays have', () => {
    const one: SubscriptionInfo = { broker: 'main', subject: 'a', sessions: 2 }
    const page = mergePages(
      [pageOf([one], subscriptionKey, { limit: 1 }), pageOf([one], subscriptionKey, { limit: 1 })],
      subscriptionKey,
      { limit: 1 },
      (left, right) => ({ ...left, sessions: left.sessions + right.sessions }),
    )
    expect(page).toEqual({ items: [{ ...one, sessions: 4 }], total: 2 })
  })
})
