import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npm run dev` starts the relay first, and passes its URL here. */
const relay = process.env.WILDCAST_URL ?? 'http://localhost:3015'

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  // The page and the relay share one origin, as with `npm start`.
  server: { proxy: { '^/(ws|stream|subscribe|publish|request)(/|\\?|$)': { target: relay, ws: true } } },
})
