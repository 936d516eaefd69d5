// npm run picture: takes the pictures of the README and of docs/demo.md from the demo, as
// `npm start` serves it: docs/demo.webp, a scene with two windows, and the still ones.
import path from 'node:path'
import { findProgram, installPackages, installPrograms, root } from './needs.js'
import { script } from './run.js'
import { startDemo } from './start-demo.js'

await script(async () => {
  installPackages()
  installPrograms(['chromium', 'ffmpeg'])
  const { chromium } = await import('playwright')
  const { playScene } = await import('./picture/scene.js')
  const { takeStills } = await import('./picture/stills.js')
  const { openFilm } = await import('./picture/film.js')
  const { url, stop } = await startDemo()
  const executablePath = process.env.WILDCAST_CHROMIUM ?? findProgram('chromium')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  try {
    const film = openFilm()
    await playScene({ browser, url, film })
    await film.write(browser, path.join(root, 'docs/demo.webp'))
    await takeStills({ browser, url, folder: path.join(root, 'docs') })
  } finally {
    await browser.close()
    await stop()
  }
})
