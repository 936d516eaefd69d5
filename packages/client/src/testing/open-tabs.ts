import { expect } from 'vitest'
import type { ClientOptions } from '../options.js'
import { type FakeTab, FakeTabs } from './fake-tabs.js'

/** Opens tabs and waits until all are online. */
export async function openTabs(
  names: readonly string[],
  tokens: readonly ClientOptions['token'][] = [],
  tabs: FakeTabs = new FakeTabs(),
): Promise<[FakeTabs, FakeTab[]]> {
  const opened: FakeTab[] = []
  for (const [i, name] of names.entries()) {
    const tab = tabs.open(name, tokens[i])
    opened.push(tab)
    await untilOnline(tabs, [tab])
  }
  return [tabs, opened]
}

/** Waits until the tabs are online. The hash of their group's name takes real time. */
export async function untilOnline(tabs: FakeTabs, waiting: readonly FakeTab[], stepMs: number = 0): Promise<void> {
  const states = async (): Promise<string[]> => {
    await tabs.drain(stepMs)
    return waiting.map(({ client }) => client.status.state)
  }
  await expect.poll(states, { interval: 1 }).toEqual(waiting.map(() => 'online'))
}
