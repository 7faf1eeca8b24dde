/** The share page, wired. */
import { h, render } from 'preact';
import { createVisit } from './share/visit';
import './ui/styles/base.css';
import './ui/styles/parts.css';
import './ui/styles/share.css';
import { ShareApp } from './ui/share/shareApp';

const visit = createVisit(location.pathname, location.hash);
const root = document.querySelector('#app');
if (root !== null) render(h(ShareApp, { visit }), root);
