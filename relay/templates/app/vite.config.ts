import react from '@vitejs/plugin-react'
import { wildcast } from '@wildcast/vite'
import { defineConfig } from 'vite'

/** The relay runs inside Vite: the page and the relay share one origin, as with `npm start`. */
export default defineConfig({
  plugins: [react(), wildcast()],
  clearScreen: false,
})
