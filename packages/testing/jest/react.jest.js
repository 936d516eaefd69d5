/** @jest-environment jsdom */
import { expect, test } from '@jest/globals'
import { useSubscription } from '@wildcast/react'
import { createTestRelay } from '@wildcast/testing'
import { renderWithRelay } from '@wildcast/testing/react'
import { createElement } from 'react'

function Goods() {
  const { items } = useSubscription('good.*')
  return createElement('p', {}, items.map(({ data }) => data.price).join(' '))
}

test('a component shows messages in Jest with jsdom', async () => {
  const relay = await createTestRelay()
  const { container, flush, unmount } = await renderWithRelay(createElement(Goods), { relay })
  await relay.publish('good.apple', { price: 3 })
  await flush()
  expect(container.textContent).toBe('3')
  await unmount()
  await relay.close()
})
