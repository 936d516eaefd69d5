import { expect, test } from 'vitest'
import { openTabs } from '../testing/open-tabs.js'

test('the status has the tab that holds the connection, also after it is closed', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  const leaders = () => opened.map(({ client: { status } }) => status.state === 'online' && status.leader)
  expect(leaders()).toEqual([true, false])
  opened[0]?.client.close()
  await tabs.drain(2000)
  expect(leaders()).toEqual([false, true]) // a closed client has no connection
})
