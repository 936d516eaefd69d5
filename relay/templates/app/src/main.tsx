import { createClient } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import { createRoot } from 'react-dom/client'
import { api } from '../contract.js'
import { App } from './app.tsx'

const client = createClient({ url: '/ws', contract: api })

createRoot(document.getElementById('root') as HTMLElement).render(
  <WildcastProvider client={client}>
    <App />
  </WildcastProvider>,
)
