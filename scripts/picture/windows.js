/** Opens the demo in a window of its own, as a person with a name. */
export async function openWindow(browser, { url, name, view = 'chat', theme = 'light', viewport }) {
  const context = await browser.newContext({ viewport, colorScheme: theme })
  const page = await context.newPage()
  await page.addInitScript((name) => {
    const state = JSON.stringify({ state: { name, room: 'apple', theme: 'system' }, version: 0 })
    if (!localStorage.getItem('wildcast-demo')) localStorage.setItem('wildcast-demo', state)
  }, name)
  await page.goto(`${url}/#/${view}`)
  await page.getByRole('status').filter({ hasText: 'online' }).waitFor()
  await page.evaluate(() => document.fonts.ready)
  return page
}

/** The input of the chat. */
export const input = (page) => page.getByRole('textbox', { name: 'Message' })

/** The row of a message in the open room. */
export const row = (page, text) => page.getByLabel('Conversation').getByRole('listitem').filter({ hasText: text })

/** Writes a message at once. */
export async function write(page, text) {
  await input(page).fill(text)
  await input(page).press('Enter')
}

/** Opens a view or a part of it. */
export const goTo = (page, view) =>
  page.evaluate((hash) => {
    location.hash = hash
  }, `#/${view}`)
