import { run, tool } from './run.js'

/** Builds the page of the demo, for production. Vite would heed another NODE_ENV. */
export function buildDemo() {
  run(tool('vite/bin/vite.js', 'build', '--logLevel', 'warn'), { env: { ...process.env, NODE_ENV: 'production' } })
}
