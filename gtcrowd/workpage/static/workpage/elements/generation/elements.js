// The elements for texts of language models, as in the second generation of Ground Truth's elements.

import { CrowdQuestionAnswerGeneration } from "./questions.js";
import { CrowdTextRanking } from "./text-ranking.js";

export const ELEMENTS = {
  "crowd-text-ranking": CrowdTextRanking,
  "crowd-question-answer-generation": CrowdQuestionAnswerGeneration,
};
