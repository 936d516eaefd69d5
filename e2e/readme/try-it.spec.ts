import { expect, test } from '@playwright/test'
import { allBlocks, blocks } from './blocks.js'
import { clone, exported } from './clone.js'
import { paste } from './terminal.js'

test('every block of the README is pasted by a test', () => {
  expect(Object.values(blocks)).toEqual(allBlocks)
})

test('a fresh clone starts; terminals on the same PORT publish and subscribe', async ({ page }) => {
  await page.goto(`http://localhost:${exported.PORT}`)
  await expect(page.getByRole('status')).toHaveText('online')
  const listening = paste(blocks.listen, { cwd: clone, env: exported })
  await listening.shows(/subscribed to good/)
  await paste(blocks.publish, { cwd: clone, env: exported }).finish()
  await listening.shows(/^good\.apple hi$/m)
  await listening.shows(/^good\.apple hello$/m)
  await expect(page.getByLabel('Conversation')).toContainText('hello')
  await listening.interrupt()
})
