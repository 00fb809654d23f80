import { startPage } from './page.js';
import { createApi } from './session/api.js';

startPage(createApi());
