import path from 'node:path'
import { openWindow, row, write } from './windows.js'

/** Takes the still pictures of docs/demo.md, after the scene, whose conversation they show. */
export async function takeStills({ browser, url, folder }) {
  const take = async (page, name) => {
    await page.screenshot({ path: path.join(folder, name), scale: 'css' })
    await page.context().close()
  }
  const chat = await openWindow(browser, { url, name: 'Ada', viewport: { width: 1200, height: 760 } })
  await write(chat, 'I open the gate.')
  await row(chat, 'I open the gate.').getByText('Sent').waitFor({ state: 'attached' })
  await row(chat, 'The Gala is in front').getByRole('button', { name: /: 1$/ }).waitFor()
  await take(chat, 'demo.png')

  const viewport = { width: 1280, height: 1060 }
  const dashboard = await openWindow(browser, { url, name: 'Ada', view: 'dashboard', theme: 'dark', viewport })
  await dashboard.waitForTimeout(25_000) // its charts fill
  await take(dashboard, 'demo-dashboard.png')

  const lower = { width: 1280, height: 860 }
  const faults = await openWindow(browser, { url, name: 'Ada', view: 'faults', viewport: lower })
  await faults.waitForTimeout(6000)
  await faults.getByRole('button', { name: 'Cut for 8 s' }).click()
  await faults.waitForTimeout(3000)
  await take(faults, 'demo-faults.png')
}
