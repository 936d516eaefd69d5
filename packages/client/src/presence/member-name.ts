import { newKey } from '../publishing/key.js'

const item = 'wildcast member'

/**
 * Returns the name of this client among those of its user. A page leaves it to the next one in its
 * tab, so that others see one member, not two, when the page is loaded again. A live page takes it
 * away, since a duplicate of the tab gets a copy of `sessionStorage`.
 */
export function takeMemberName(): string {
  let name: string | null = null
  const take = (): void => {
    name ??= sessionStorage.getItem(item)
    sessionStorage.removeItem(item)
  }
  try {
    take()
    addEventListener('pagehide', () => sessionStorage.setItem(item, name as string))
    addEventListener('pageshow', take)
  } catch {
    // Without storage, as in Node, each client has a new name.
  }
  name ??= newKey()
  return name
}
