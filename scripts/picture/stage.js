import { writeFileSync } from 'node:fs'
import path from 'node:path'

/** The size of the picture, and of the windows in it. */
export const size = { width: 960, height: 620 }
export const half = { width: 468, height: 552 }
export const whole = { width: 944, height: 552 }

const page = `<!doctype html>
<style>
  body { margin: 0; width: ${size.width}px; height: ${size.height}px; background: #0b0e12; overflow: hidden;
    font: 500 19px/52px "DejaVu Sans", system-ui, sans-serif; color: #e7ecf1; text-align: center }
  #windows { position: relative; display: flex; gap: 8px; padding: 8px 8px 0; height: ${half.height}px }
  .window { position: relative; border-radius: 10px; overflow: hidden; height: ${half.height}px }
  .window img { display: block }
  svg { position: absolute; filter: drop-shadow(0 1px 2px #0008) }
</style>
<div id="windows"></div><div id="caption"></div>`

const arrow = '<path d="M2 1v18l5-4 3 7 3-1-3-7h6z" fill="#fff" stroke="#111" stroke-width="1.5"/>'

/**
 * Draws each frame into a folder: its windows beside each other, the pointer, and the caption.
 * Returns the list of the pictures and their times, as ffmpeg reads it.
 */
export async function stage(browser, frames, folder) {
  const drawing = await browser.newPage({ viewport: size })
  await drawing.setContent(page)
  const lines = []
  for (const [i, { images, caption, cursor, ms }] of frames.entries()) {
    await drawing.evaluate(draw, {
      images: images.map((image) => image.toString('base64')),
      caption,
      cursor: cursor && `<svg width="20" height="24" style="left:${cursor.x}px;top:${cursor.y}px">${arrow}</svg>`,
      at: cursor?.window,
    })
    const file = path.join(folder, `${String(i).padStart(4, '0')}.png`)
    writeFileSync(file, await drawing.screenshot({ scale: 'css' }))
    lines.push(`file '${file}'`, `duration ${(ms / 1000).toFixed(3)}`)
    if (i === frames.length - 1) lines.push(`file '${file}'`)
  }
  await drawing.close()
  return lines.join('\n')
}

/** Runs in the page of the drawing. */
async function draw({ images, caption, cursor, at }) {
  document.getElementById('caption').textContent = caption
  const windows = document.getElementById('windows')
  windows.innerHTML = images
    .map((image, i) => `<div class="window"><img src="data:image/png;base64,${image}">${i === at ? cursor : ''}</div>`)
    .join('')
  await Promise.all([...windows.querySelectorAll('img')].map((image) => image.decode()))
}
