import { npmStart, startRelay } from './relay.js'
import { conversation } from './test.js'
import { curl, expect, input, row, test, texts, write } from './visitor.js'

const markup = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>&amp;'

test('markup in a name and in a text is shown as it was typed', async ({ visitor }) => {
  const alice = await visitor({ name: '<b onclick=x>Mallory</b>' })
  const bob = await visitor({ name: 'Bob' })
  await write(alice, markup)
  for (const page of [alice, bob]) {
    await expect(row(page, markup)).toContainText('<b onclick=x>Mallory</b>')
    expect(await conversation(page).locator('img, script, b').count()).toBe(0)
    expect(await page.evaluate(() => 'broken' in window)).toBe(false)
  }
})

test('10,000 characters are sent, shown folded and unfolded; more are refused before they are sent', async ({
  visitor,
}) => {
  const alice = await visitor()
  const bob = await visitor({ name: 'Bob', phone: true })
  const long = `${'word '.repeat(1999)}done.`
  await write(alice, long)
  await expect(row(bob, 'word')).toBeVisible()
  expect((await texts(bob))[0]?.length).toBeLessThan(1100)
  await bob.getByRole('button', { name: 'Show all 10,000 characters' }).click()
  expect(await texts(bob)).toEqual([long])
  await bob.getByRole('button', { name: 'Show less' }).click()

  await input(alice).fill(`${long}!`)
  await expect(alice.getByText('1 characters too many: a message has 10,000 at most.')).toBeVisible()
  await expect(alice.getByRole('button', { name: 'Send' })).toBeDisabled()
  await input(alice).press('Enter')
  await expect(input(alice)).toHaveValue(`${long}!`)
})

test('a text from right to left has its direction, and does not turn its surroundings', async ({ visitor }) => {
  const alice = await visitor({ name: 'عائشة' })
  const bob = await visitor({ name: 'Bob' })
  await write(alice, 'صباح الخير! 3 apples')
  await write(bob, 'good morning \u202E turned')
  const direction = (text: string): Promise<string> =>
    row(bob, text)
      .locator('p.break-words')
      .evaluate((element) => getComputedStyle(element).direction)
  await expect(row(bob, 'صباح')).toContainText('عائشة')
  expect(await direction('صباح')).toBe('rtl')
  expect(await direction('good morning')).toBe('ltr')
})

test('emoji, combined ones too, arrive unchanged', async ({ visitor }) => {
  const alice = await visitor({ name: '👩🏽‍🚀' })
  const bob = await visitor({ name: 'Bob' })
  for (const text of ['🍎🍐', '👨‍👩‍👧‍👦 family', 'z̶̢a̸l̵g̷o̶']) {
    await write(alice, text)
    await expect(row(bob, text)).toBeVisible()
  }
  expect(await texts(bob)).toEqual(['🍎🍐', '👨‍👩‍👧‍👦 family', 'z̶̢a̸l̵g̷o̶'])
})

test('pasted binary loses what no text can show, and a pasted file is refused', async ({ visitor }) => {
  const alice = await visitor()
  const paste = (text: string, file: boolean): Promise<void> =>
    input(alice).evaluate(
      (element, [text, file]) => {
        const data = new DataTransfer()
        if (file) data.items.add(new File([new Uint8Array([1, 2, 3])], 'photo.png', { type: 'image/png' }))
        else data.setData('text/plain', text)
        element.focus()
        const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
        if (element.dispatchEvent(event)) document.execCommand('insertText', false, data.getData('text/plain'))
      },
      [text, file] as const,
    )
  await paste('', true)
  await expect(alice.getByText('Files and pictures can’t be sent here: a message is text.')).toBeVisible()
  await paste('PNG\u0001\u0002\u0007IHDR\ud800', false)
  await expect(alice.getByText("4 characters that can't be shown were removed.")).toBeVisible()
  await expect(input(alice)).toHaveValue('PNGIHDR')
  await input(alice).press('Enter')
  await expect(row(alice, 'PNGIHDR')).toContainText('Sent')
})

test('texts of other programs are shown, however they look', async ({ visitor, relay }) => {
  const alice = await visitor()
  await curl(relay.url, 'good.apple', '')
  await curl(relay.url, 'good.apple', '42')
  await curl(relay.url, 'good.apple', '{"from":"  ","text":"no name"}')
  await curl(relay.url, 'good.apple', `{"from":"${'n'.repeat(5000)}","text":"a long name"}`)
  await curl(relay.url, 'good.apple', 'x'.repeat(500_000))
  await expect(row(alice, 'No name').first()).toBeVisible()
  await expect(row(alice, '42')).toBeVisible()
  await expect(row(alice, 'a long name')).toBeVisible()
  await alice.getByRole('button', { name: 'Show all 500,000 characters' }).click()
  await expect(alice.getByText('480,000 more characters are not shown')).toBeVisible()
  expect(await alice.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

const fault = 'good.apple: must be text, or an object with a sender and a text'

test('the relay of the demo refuses other data by curl in a sentence, and so does the page', async ({ visitor }) => {
  const relay = await startRelay(npmStart)
  try {
    for (const body of [new Uint8Array([0xff, 0xfe, 0, 1]), '{"price":3,"from":7}', 'true']) {
      const response = await fetch(`${relay.url}/publish/good.apple`, { method: 'POST', body })
      expect([response.status, (await response.text()).trim()]).toEqual([422, `invalid_payload: ${fault}`])
    }
    const alice = await visitor({ url: relay.url, view: 'explorer' })
    await alice.getByLabel('Payload').fill('{"price": 3}')
    await alice.getByRole('button', { name: 'Publish', exact: true }).click()
    await expect(alice.getByText(fault)).toBeVisible()
  } finally {
    await relay.kill()
  }
})

test('other data from a relay without the contract is not shown, but in the journal', async ({ visitor, relay }) => {
  const alice = await visitor()
  await curl(relay.url, 'good.apple', '{"price":3}')
  await curl(relay.url, 'good.apple', 'hi')
  await expect(row(alice, 'hi')).toBeVisible()
  expect(await texts(alice)).toEqual(['hi'])
  await alice.goto(alice.url().replace('chat', 'faults'))
  await expect(alice.getByRole('list', { name: 'Journal' })).toContainText(`contract: ${fault}`)
})
