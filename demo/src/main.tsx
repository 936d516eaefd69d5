import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'
import { client, WildcastProvider } from './bridge.js'
import './styles.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root"')

createRoot(root).render(
  <StrictMode>
    <WildcastProvider client={client}>
      <App />
    </WildcastProvider>
  </StrictMode>,
)

// The page works without its fonts, so they don't delay it.
void import('./fonts.css')
