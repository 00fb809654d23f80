import { createApi } from './api.js';
import { startPage } from './page.js';

startPage(createApi());
