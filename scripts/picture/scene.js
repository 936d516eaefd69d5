import { half, whole } from './stage.js'
import { goTo, input, openWindow, row, write } from './windows.js'

/** Plays the scene of the README's picture. */
export async function playScene({ browser, url, film }) {
  const ada = await openWindow(browser, { url, name: 'Ada', theme: 'light', viewport: half })
  const grace = await openWindow(browser, { url, name: 'Grace', theme: 'dark', viewport: half })
  const desk = await openWindow(browser, { url, name: 'Linus', view: 'dashboard', theme: 'dark', viewport: whole })
  const talk = { film, ada, grace }
  await talkBefore(talk)
  await warmUp(desk)
  await chat(talk)
  await askBot(talk)
  await dashboard(film, desk)
  await refusal(film, desk)
  await cut(talk)
  await film.end()
  for (const page of [ada, desk]) await page.context().close() // Grace stays in the room
}

/** Moves the pointer to an element, and clicks. */
async function click(film, page, target) {
  const { x, y, width, height } = await target.boundingBox()
  film.point(page, x + width / 2, y + height / 2)
  await film.hold(350)
  await target.click()
}

/** Types as a person does. */
async function type(page, text) {
  await input(page).pressSequentially(text, { delay: 60 })
  await input(page).press('Enter')
}

/** Writes the messages that the room has before the scene. */
async function talkBefore({ ada, grace }) {
  for (const [page, text] of [
    [ada, 'Braeburn is down 3 cents since this morning.'],
    [grace, 'Then I wait with the second lot. See #pear.'],
    [ada, 'The truck comes at ten.'],
    [grace, 'Is hall 3 cold again?'],
  ]) {
    await write(page, text)
    for (const each of [ada, grace]) await row(each, text).waitFor()
  }
}

async function chat({ film, ada, grace }) {
  film.show([ada, grace], 'Two windows, one room: a subject of a broker')
  await film.hold(700)
  await type(ada, 'Yes, 4 °C since ten. The Gala is in front.')
  await row(grace, 'The Gala is in front').waitFor()
  await film.hold(500)
  const message = row(grace, 'The Gala is in front')
  await message.hover()
  await click(film, grace, message.getByRole('button', { name: 'React' }))
  await click(film, grace, grace.getByRole('toolbar', { name: 'Reactions to choose from' }).getByRole('button').first())
  await row(ada, 'The Gala is in front').getByRole('button', { name: /: 1$/ }).waitFor()
  await film.hold(700)
}

async function askBot({ film, ada, grace }) {
  film.show([ada, grace], 'A bot answers by request and response, streamed word by word')
  await type(grace, '@bot what is Wildcast?')
  await row(ada, 'loses nothing on the way').waitFor()
  await film.hold(900)
}

/** Loads each view, so that the scene shows none that is empty. */
async function warmUp(desk) {
  await goTo(desk, 'dashboard/market')
  await desk.getByText('1,000 quotes, live').waitFor()
  await goTo(desk, 'explorer')
  await desk.getByRole('tab', { name: 'Publish' }).waitFor()
  await goTo(desk, 'dashboard')
}

async function dashboard(film, desk) {
  film.show([desk], 'Live streams of every broker in one page')
  await film.hold(2200)
  await goTo(desk, 'dashboard/market')
  film.show([desk], '1,000 prices as values, a lock and a leader that windows share')
  await film.hold(2600)
}

async function refusal(film, desk) {
  film.show([desk], 'One contract: the relay refuses what does not fit')
  await goTo(desk, 'explorer')
  const publish = desk.getByRole('tab', { name: 'Publish' })
  await publish.waitFor()
  await click(film, desk, publish)
  await click(film, desk, desk.getByRole('button', { name: 'Send a wrong price' }))
  await desk.getByText('The relay refused it').scrollIntoViewIfNeeded()
  await film.hold(1800)
}

async function cut({ film, ada, grace }) {
  await goTo(ada, 'faults')
  const button = ada.getByRole('button', { name: 'Cut for 8 s' })
  await button.waitFor()
  film.show([ada, grace], 'Ada’s connection is cut')
  await click(film, ada, button)
  await film.hold(700)
  await goTo(ada, 'chat')
  film.show([ada, grace], 'Ada writes offline: the message waits')
  await type(ada, 'Order 4711 leaves at half past ten.')
  await film.hold(500)
  await write(grace, 'The truck is at the gate.')
  await row(grace, 'The truck is at the gate').waitFor()
  await film.hold(500)
  await row(grace, 'Order 4711').waitFor()
  await row(ada, 'The truck is at the gate').waitFor()
  film.show([ada, grace], 'It heals: nothing is lost, and all windows have one order')
  await film.hold(1500)
}
