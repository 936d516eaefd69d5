import { afterEach, describe, expect, test, vi } from 'vitest'
import { takeMemberName } from './member-name.js'

const isName = /^[\w-]{22}$/

/** The storage of a tab. A duplicate of the tab gets a copy. */
const storage = (items = new Map<string, string>()) => ({
  items,
  getItem: (name: string) => items.get(name) ?? null,
  setItem: (name: string, value: string) => items.set(name, value),
  removeItem: (name: string) => items.delete(name),
})

/** Opens a page in the tab of a storage. */
function openPage(tab: ReturnType<typeof storage>): EventTarget {
  const page = new EventTarget()
  vi.stubGlobal('sessionStorage', tab)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  return page
}

describe('the name of a member', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('is kept when the page is loaded again', () => {
    const tab = storage()
    const page = openPage(tab)
    const name = takeMemberName()
    expect(name).toMatch(isName)
    page.dispatchEvent(new Event('pagehide'))
    openPage(tab)
    expect(takeMemberName()).toBe(name)
  })

  test('is another one in a duplicate of the tab, also after the page was shown again', () => {
    const tab = storage()
    const page = openPage(tab)
    const name = takeMemberName()
    page.dispatchEvent(new Event('pagehide'))
    page.dispatchEvent(new Event('pageshow')) // from the back/forward cache
    openPage(storage(new Map(tab.items)))
    expect(takeMemberName()).toMatch(isName)
    expect(takeMemberName()).not.toBe(name)
  })

  test('is new without storage', () => {
    expect(takeMemberName()).toMatch(isName)
    expect(takeMemberName()).not.toBe(takeMemberName())
  })
})
