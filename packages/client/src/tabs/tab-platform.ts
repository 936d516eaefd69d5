import type { TabMessage } from './tab-message.js'

/**
 * A channel between tabs, such as a `BroadcastChannel`: each message reaches all other tabs, in
 * order.
 */
export interface TabChannel {
  postMessage(message: TabMessage): void
  onmessage: ((event: { readonly data: TabMessage }) => void) | null
  close(): void
}

/** The browser features that tabs use. */
export interface TabPlatform {
  readonly locks: LockManager
  openChannel(name: string): TabChannel
}

/** Holds a unique number until `release` is called or the page ends. */
export async function holdNumber(
  { locks }: TabPlatform,
  prefix: string,
  first: number,
  count: number,
): Promise<{ readonly number: number; readonly release: () => void }> {
  for (let number = first; ; number = (number + 1) % count) {
    const release = await new Promise<(() => void) | undefined>((resolve, reject) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (lock) return new Promise<void>((end) => resolve(end))
        resolve(undefined)
        return undefined
      }
      locks.request(prefix + number, { ifAvailable: true }, hold).catch(reject)
    })
    if (release) return { number, release }
  }
}
