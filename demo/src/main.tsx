import { createClient } from '@wildcast/client'
import { outbox } from '@wildcast/client/outbox'
import { WildcastProvider } from '@wildcast/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'
import './styles.css'

const client = createClient({ url: '/ws', use: [outbox()] })

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <WildcastProvider client={client}>
      <App />
    </WildcastProvider>
  </StrictMode>,
)
