/** The share page, wired. */
import { h, render } from 'preact';
import { speak } from './i18n';
import { preferredLanguage } from './i18n/language';
import { createVisit } from './share/visit';
import './ui/styles/sharePage.css';
import { ShareApp } from './ui/share/shareApp';

speak(preferredLanguage());
const visit = createVisit(location.pathname, location.hash);
const root = document.querySelector('#app');
if (root !== null) render(h(ShareApp, { visit }), root);
