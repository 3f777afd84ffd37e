/* oxlint-disable import/no-unassigned-import -- styles and workers are imported for what they do */
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { fetchGraphql } from './fetch-graphql.js';
import { sampleTabs } from './sample-tabs.js';

// Plain JavaScript: the page is the only code here that runs in a browser, and one file is not worth a second set of compiler settings and DOM types.
const element = document.getElementById('playground');
const tabs = sampleTabs();
createRoot(element).render(
  createElement(GraphiQL, {
    fetcher: fetchGraphql,
    // The sample operations, once; afterwards the browser remembers what its user made of them.
    ...(tabs.length > 0 ? { defaultTabs: tabs } : {}),
    // Every sample has variables, and they are what one changes first.
    defaultEditorToolsVisibility: 'variables',
    // A header typed here may be a token.
    shouldPersistHeaders: false,
  }),
);
